using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class PassesThroughJudge : ExpectationJudge<PassesThroughExpectation>
{
    protected override Finding Evaluate(PassesThroughExpectation expectation, Evidence evidence) =>
        NthFrame.Evaluate(evidence, expectation.From, expectation.To, expectation.Step, expectation.Nth, frame =>
        {
            ImmutableArray<DropletId> path = Evidence.PathOf(frame);
            bool held = expectation.Exactly ? Between(frame, path).SequenceEqual(expectation.Droplets.AsSpan()) : Contains(path, expectation.Droplets);
            string wanted = held ? "" : $", not {(expectation.Exactly ? "exactly " : "")}through {Wanted(evidence, expectation)}";
            return new Finding(held, $"went {evidence.PathText(frame)} ({evidence.EndOf(frame)}){wanted}");
        });

    /// <summary>The path without the sender's droplet and, when it was delivered, the receiver's.</summary>
    private static ReadOnlySpan<DropletId> Between(Journey frame, ImmutableArray<DropletId> path)
    {
        int end = frame.End == JourneyEnd.Delivered ? path.Length - 1 : path.Length;
        return path.AsSpan()[Math.Min(1, path.Length)..Math.Max(Math.Min(1, path.Length), end)];
    }

    private static bool Contains(ImmutableArray<DropletId> path, ImmutableArray<DropletId> droplets)
    {
        int found = 0;
        foreach (DropletId visited in path)
        {
            if (found < droplets.Length && visited == droplets[found])
            {
                found++;
            }
        }
        return found == droplets.Length;
    }

    private static string Wanted(Evidence evidence, PassesThroughExpectation expectation) =>
        expectation.Droplets.IsEmpty ? "no other droplet" : evidence.Topology.PathText(expectation.Droplets);
}
