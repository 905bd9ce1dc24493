using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class DroppedJudge : ExpectationJudge<DroppedExpectation>
{
    protected override Finding Evaluate(DroppedExpectation expectation, Evidence evidence)
    {
        if (evidence.Journeys.IsEmpty)
        {
            return Finding.Not("nothing at all was seen in this run");
        }
        List<Journey> dropped = [.. evidence.JourneysOf(expectation.Step).Where(journey => journey.End == JourneyEnd.Dropped)];
        int count = dropped.Count(journey => IsNamedBy(expectation, journey, evidence.Run.Traits));

        // Without reasons everything dropped at the place is counted, and another reason's frames may be among it.
        bool held = expectation.Count is not int wanted ? count > 0 : evidence.Run.Traits.TellsReasons ? count == wanted : count >= wanted;
        string elsewhere = held || dropped.Count == count
            ? ""
            : "; dropped otherwise: " + string.Join(", ", dropped.Where(journey => !IsNamedBy(expectation, journey, evidence.Run.Traits)).Take(3).Select(evidence.EndOf));
        string not = held ? "" : expectation.Count is int exactly ? $", not {exactly}" : ", not one or more";
        return new Finding(held, $"{Words.Count(count, "frame")} dropped at {evidence.Topology.NameOf(expectation.Droplet)} ({expectation.Reason}){Evidence.InStep(expectation.Step)}{not}{elsewhere}");
    }

    /// <summary>Whether this is the place and the reason the expectation names; its step is not looked at.</summary>
    public static bool IsNamedBy(DroppedExpectation expectation, Journey journey, BackendTraits traits) =>
        journey.End == JourneyEnd.Dropped && journey.Hops[^1].Run.Droplet == expectation.Droplet && (journey.EndReason == expectation.Reason || !traits.TellsReasons);
}
