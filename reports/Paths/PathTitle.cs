using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>How a journey ended, in words and as a colour.</summary>
public static class PathTitle
{
    /// <summary><c>dropped: NoVpc</c>; where it was stands before it on the line.</summary>
    public static string End(Journey journey) => journey.End switch
    {
        JourneyEnd.Delivered => "delivered",
        JourneyEnd.Dropped => $"✕ dropped: {journey.EndReason}",
        JourneyEnd.Passed => $"handed to the host's stack: {journey.EndReason}",
        _ => "✕ lost",
    };

    public static LadderTone Tone(JourneyEnd end) => end switch
    {
        JourneyEnd.Delivered => LadderTone.Good,
        JourneyEnd.Passed => LadderTone.Odd,
        _ => LadderTone.Bad,
    };
}
