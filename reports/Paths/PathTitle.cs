using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>A journey in words.</summary>
public static class PathTitle
{
    /// <summary><c>delivered to c in 43.2us</c>, <c>dropped at switch-1: NoVpc</c>.</summary>
    public static string End(Journey journey, Names names)
    {
        string last = journey.Hops.IsEmpty ? "its first link" : names.Of(journey.Hops[^1].Run.Droplet);
        return journey.End switch
        {
            JourneyEnd.Delivered => $"delivered{(journey.DeliveredTo is { } to ? $" to {names.Of(to)}" : "")}",
            JourneyEnd.Dropped => $"dropped at {last}: {journey.EndReason}",
            JourneyEnd.Passed => $"handed to the stack of {last}: {journey.EndReason}",
            _ => $"lost after {last}",
        };
    }

    public static LadderTone Tone(JourneyEnd end) => end switch
    {
        JourneyEnd.Delivered => LadderTone.Good,
        JourneyEnd.Passed => LadderTone.Odd,
        _ => LadderTone.Bad,
    };
}
