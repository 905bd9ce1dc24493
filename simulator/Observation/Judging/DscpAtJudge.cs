using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class DscpAtJudge : ExpectationJudge<DscpAtExpectation>
{
    protected override Finding Evaluate(DscpAtExpectation expectation, Evidence evidence)
    {
        string subject = WireCount.Subject(evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        // A wire that is to be silent proves nothing when the whole run was.
        if (evidence.Journeys.IsEmpty)
        {
            return Finding.Not($"{subject}: nothing at all was seen in this run");
        }
        ImmutableSortedDictionary<int, int> seen = WireCount.By(FrameFacts.OuterDscp, evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        bool held = seen.SequenceEqual(expectation.CountByDscp);
        return new Finding(held, $"{subject}: {WireCount.Text("DSCP", seen)}{(held ? "" : $", not {WireCount.Text("DSCP", expectation.CountByDscp)}")}");
    }
}
