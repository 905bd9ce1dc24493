using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class TtlAtJudge : ExpectationJudge<TtlAtExpectation>
{
    protected override Finding Evaluate(TtlAtExpectation expectation, Evidence evidence)
    {
        string subject = WireCount.Subject(evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        // A wire that is to be silent proves nothing when the whole run was.
        if (evidence.Journeys.IsEmpty)
        {
            return Finding.Not($"{subject}: nothing at all was seen in this run");
        }
        ImmutableSortedDictionary<int, int> seen = WireCount.ByTtl(evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        ImmutableSortedDictionary<int, int> wanted = expectation.CountByTtl.RemoveRange(expectation.CountByTtl.Where(pair => pair.Value == 0).Select(pair => pair.Key));
        bool held = seen.SequenceEqual(wanted);
        return new Finding(held, $"{subject}: {WireCount.Text(seen)}{(held ? "" : $", not {WireCount.Text(wanted)}")}");
    }
}
