using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class IcmpErrorJudge : ExpectationJudge<IcmpErrorExpectation>
{
    protected override Finding Evaluate(IcmpErrorExpectation expectation, Evidence evidence)
    {
        int index = -1;
        for (int i = 0; i < evidence.Scenario.Timeline.Length; i++)
        {
            index = evidence.Scenario.Timeline[i].Name == expectation.Step ? i : index;
        }
        if (evidence.Run.Outcomes.FirstOrDefault(o => o.Step == index) is not { } outcome)
        {
            return Finding.Not($"step '{expectation.Step}': the backend reported no outcome");
        }
        ImmutableArray<IcmpErrorSeen> errors = outcome.IcmpErrors;
        bool Fits(IcmpErrorSeen error) => error.Type == expectation.Type && error.Code == expectation.Code && error.From == expectation.From
            && (expectation.MtuBytes is not { } mtu || error.MtuBytes == mtu);
        bool held = errors.Length > 0 && errors.All(Fits) && (expectation.Count is not { } count || errors.Length == count);
        string seen = errors.IsEmpty ? "no ICMP error" : string.Join("; ", errors.Distinct().Select(e => $"{e} ×{errors.Count(o => o == e)}"));
        IcmpErrorSeen wanted = new(expectation.From, expectation.Type, expectation.Code, expectation.MtuBytes ?? 0);
        return new Finding(held, $"step '{expectation.Step}': {seen}{(held ? "" : $", not {(expectation.Count is { } n ? $"{Words.Count(n, "error")}: " : "")}{wanted}")}");
    }
}
