using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class NoUnexpectedDropsJudge : ExpectationJudge<NoUnexpectedDropsExpectation>
{
    private const int Shown = 3;

    protected override Finding Evaluate(NoUnexpectedDropsExpectation expectation, Evidence evidence)
    {
        if (evidence.Journeys.IsEmpty)
        {
            return Finding.Not("nothing at all was seen in this run");
        }
        ImmutableArray<DroppedExpectation> named = [.. evidence.Scenario.Expect.OfType<DroppedExpectation>()];
        List<Journey> ended = [.. evidence.Journeys.Where(journey => journey.End is JourneyEnd.Dropped or JourneyEnd.Lost)];
        List<Journey> unexpected = [.. ended.Where(journey => !named.Any(expected => Expects(expected, journey, evidence)))];
        return unexpected.Count == 0
            ? new Finding(true, $"{Words.Count(evidence.Journeys.Length, "frame")}, {(ended.Count == 0 ? "none dropped or lost" : $"{ended.Count} dropped, each as expected")}")
            : Finding.Not($"{unexpected.Count} of {Words.Count(evidence.Journeys.Length, "frame")}: {string.Join("; ", unexpected.Take(Shown).Select(journey => Text(evidence, journey)))}{(unexpected.Count > Shown ? "; …" : "")}");
    }

    private static bool Expects(DroppedExpectation expected, Journey journey, Evidence evidence) =>
        DroppedJudge.IsNamedBy(expected, journey, evidence.Run.Traits)
        && (expected.Step is null || (journey.Step >= 0 && evidence.Scenario.Timeline[journey.Step].Name == expected.Step));

    private static string Text(Evidence evidence, Journey journey)
    {
        string step = journey.Step >= 0 ? Evidence.InStep(evidence.Scenario.Timeline[journey.Step].Name) : "";
        return $"{journey.Protocol.ToString().ToLowerInvariant()} of {evidence.Topology.NameOf(journey.Origin)}{step} {evidence.EndOf(journey)}";
    }
}
