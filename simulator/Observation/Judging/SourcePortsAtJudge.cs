using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class SourcePortsAtJudge : ExpectationJudge<SourcePortsAtExpectation>
{
    protected override Finding Evaluate(SourcePortsAtExpectation expectation, Evidence evidence)
    {
        string subject = WireCount.Subject(evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        ImmutableSortedDictionary<int, int> seen = WireCount.By(FrameFacts.OuterSourcePort, evidence, expectation.Droplet, expectation.Protocol, expectation.Step);
        bool held = !seen.IsEmpty && seen.Keys.All(port => port >= expectation.Least && port <= expectation.Most)
            && (expectation.Distinct is not { } distinct || seen.Count == distinct);
        string wanted = held ? "" : $", not {(expectation.Distinct is { } number ? $"{number} different, " : "")}within {expectation.Least} to {expectation.Most}";
        return new Finding(held, $"{subject}: {WireCount.Text("source port", seen)}{wanted}");
    }
}
