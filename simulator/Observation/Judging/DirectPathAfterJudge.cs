using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class DirectPathAfterJudge : ExpectationJudge<DirectPathAfterExpectation>
{
    protected override Finding Evaluate(DirectPathAfterExpectation expectation, Evidence evidence)
    {
        string way = evidence.Way(expectation.From, expectation.To, expectation.Step);
        ImmutableArray<Journey> frames = evidence.Frames(expectation.From, expectation.To, expectation.Step);
        if (frames.Length <= expectation.Frames)
        {
            return Finding.Not($"{way}: only {frames.Length} IP frames were seen, none after the first {expectation.Frames}");
        }
        for (int i = expectation.Frames; i < frames.Length; i++)
        {
            if (!IsDirect(evidence, expectation, frames[i]))
            {
                return Finding.Not($"{way} frame {i + 1} of {frames.Length} went {evidence.PathText(frames[i])}, {evidence.EndOf(frames[i])}: not the direct path");
            }
        }
        return new Finding(true, $"{way}: frames {expectation.Frames + 1} to {frames.Length} went {evidence.PathText(frames[expectation.Frames])}");
    }

    private static bool IsDirect(Evidence evidence, DirectPathAfterExpectation expectation, Journey frame)
    {
        Topology topology = evidence.Topology;
        if (frame.End != JourneyEnd.Delivered || frame.DeliveredTo is not EndpointId target || topology.EndpointWith(expectation.From, expectation.To) != target)
        {
            return false;
        }
        ImmutableArray<DropletId> path = Evidence.PathOf(frame);
        bool acrossNetworks = topology[expectation.From].Network != topology[target].Network;
        return path.Length <= 2 || (path.Length == 3 && acrossNetworks && IsDivider(evidence, topology.VpcOf(target), path[1]));
    }

    /// <summary>Whether the droplet is a divider of the VPC at any time of the scenario.</summary>
    private static bool IsDivider(Evidence evidence, VpcId vpc, DropletId droplet) =>
        evidence.Topology[vpc].Dividers.Contains(droplet)
        || evidence.Scenario.Timeline.Any(step => step is AddDividerStep added && added.Vpc == vpc && added.Droplet == droplet);
}
