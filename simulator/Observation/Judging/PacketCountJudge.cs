using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class PacketCountJudge : ExpectationJudge<PacketCountExpectation>
{
    protected override Finding Evaluate(PacketCountExpectation expectation, Evidence evidence)
    {
        string subject = WireCount.Subject(evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        if (evidence.Journeys.IsEmpty)
        {
            return Finding.Not($"{subject}: nothing at all was seen in this run");
        }
        int seen = WireCount.ByTtl(evidence, expectation.Droplet, expectation.Protocol, expectation.Step).Values.Sum();
        bool held = seen == expectation.Count;
        return new Finding(held, $"{subject}: {seen}{(held ? "" : $", not {expectation.Count}")}");
    }
}
