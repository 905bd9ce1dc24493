using System.Collections.Immutable;
using System.Text;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>One packet, hop by hop, for a terminal.</summary>
/// <example>
/// <code>
/// a → c, ICMP echo request 10.0.0.2 → 10.0.20.3, TTL 64, 98 bytes: delivered to c after 93us
///      0ps  a                   sent
///      5us  left (agent)        REDIRECT agent slot 0 (ToBouncer)
///                                 172.17.0.2 → 172.17.0.4, TTL 64, VNI 3, return to 172.17.0.2
///                                 encapsulated, 114 bytes
/// </code>
/// </example>
public static class JourneyText
{
    /// <returns>Lines that end with <c>\n</c>.</returns>
    public static string Format(Journey journey, Topology topology)
    {
        ImmutableArray<JourneyStep> steps = JourneyStep.Of(journey, topology);
        int timeWidth = steps.Select(step => step.Since.ToString().Length).DefaultIfEmpty().Max();
        int placeWidth = steps.Select(step => step.Place.Length).DefaultIfEmpty().Max();
        StringBuilder text = new();
        string target = journey.DeliveredTo is EndpointId receiver ? topology.NameOf(receiver) : TargetOf(journey, topology);
        text.Append($"{topology.NameOf(journey.Origin)} → {target}, {FrameWords.Inner(journey.First)}, {journey.First.Length} bytes: ");
        text.Append($"{HopText.End(topology, journey)} after {journey.Ended - journey.Began}\n");
        string continued = new(' ', timeWidth + placeWidth + 8);
        foreach (JourneyStep step in steps)
        {
            text.Append($"  {step.Since.ToString().PadLeft(timeWidth)}  {step.Place.PadRight(placeWidth)}  {step.Action}\n");
            foreach (string line in Details(step))
            {
                text.Append($"{continued}{line}\n");
            }
        }
        return text.ToString();
    }

    private static IEnumerable<string> Details(JourneyStep step)
    {
        if (step.Outer is not null)
        {
            yield return step.Outer;
        }
        if (step.Form is not null)
        {
            yield return step.Form;
        }
        foreach (FieldDifference field in step.Changed)
        {
            yield return $"{field.Field}: {field.Left} → {field.Right}";
        }
        foreach (string row in step.Rows)
        {
            yield return $"table {row}";
        }
    }

    private static string TargetOf(Journey journey, Topology topology)
    {
        FrameFacts facts = FrameFacts.ReadFirst(journey);
        return journey.Origin is EndpointId origin ? topology.NameOf(origin, facts.Destination) : facts.Destination.ToString();
    }
}
