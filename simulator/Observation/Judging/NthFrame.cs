using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Judging;

/// <summary>Expectations about the nth IPv4 frame from one endpoint to an address, or (nth 0) about every one.</summary>
internal static class NthFrame
{
    /// <param name="nth">From 1; 0: every frame must hold, and there must be one.</param>
    /// <param name="judge">Whether one frame holds, and what was seen of it.</param>
    public static Finding Evaluate(Evidence evidence, EndpointId from, Ipv4Address to, string? step, int nth, Func<Journey, Finding> judge)
    {
        string way = evidence.Way(from, to, step);
        ImmutableArray<Journey> frames = evidence.Frames(from, to, step);
        if (frames.IsEmpty)
        {
            return Finding.Not($"{way}: no IP frame was seen");
        }
        if (nth > frames.Length)
        {
            return Finding.Not($"{way}: only {frames.Length} IP frames were seen, not {nth}");
        }
        if (nth > 0)
        {
            Finding one = judge(frames[nth - 1]);
            return one with { Message = $"{way} frame {nth}: {one.Message}" };
        }
        for (int i = 0; i < frames.Length; i++)
        {
            Finding each = judge(frames[i]);
            if (!each.Held)
            {
                return each with { Message = $"{way} frame {i + 1} of {frames.Length}: {each.Message}" };
            }
        }
        return new Finding(true, $"{way}: {(frames.Length == 1 ? "the one frame" : $"all {frames.Length} frames, the first")}: {judge(frames[0]).Message}");
    }
}
