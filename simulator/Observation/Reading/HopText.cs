using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Observation.Reading;

/// <summary>Words for what was seen of a journey; the same in differences, ladders and traces.</summary>
internal static class HopText
{
    /// <summary><c>switch-1 (transit)</c>.</summary>
    public static string Place(Topology topology, Sighting run) => $"{topology.NameOf(run.Droplet)} ({Program(run.Program)})";

    public static string Program(ProgramId program) => program == ProgramId.Agent ? "agent" : "transit";

    /// <summary><c>REDIRECT agent slot 0 (ToBouncer)</c>.</summary>
    public static string Verdict(Sighting run) => $"{VerdictAlone(run)} ({run.Reason})";

    /// <summary><c>REDIRECT agent slot 0</c>.</summary>
    public static string VerdictAlone(Sighting run)
    {
        string verdict = run.Verdict.ToString().ToUpperInvariant();
        string slot = run.Verdict == DataPlane.Verdict.Redirect ? $" {run.Devmap.ToString().ToLowerInvariant()} slot {run.Slot}" : "";
        return verdict + slot;
    }

    /// <summary><c>left (agent) → switch-1 (transit) → right (transit)</c>.</summary>
    public static string Path(Topology topology, Journey journey) =>
        journey.Hops.IsEmpty ? "no program ran" : string.Join(" → ", journey.Hops.Select(hop => Place(topology, hop.Run)));

    public static string End(Topology topology, Journey journey) => journey.End switch
    {
        JourneyEnd.Delivered => $"delivered to {topology.NameOf(journey.DeliveredTo)}",
        JourneyEnd.Dropped => $"dropped at {topology.NameOf(journey.Hops[^1].Run.Droplet)} ({journey.EndReason})",
        JourneyEnd.Passed => $"passed to the stack of {topology.NameOf(journey.Hops[^1].Run.Droplet)} ({journey.EndReason})",
        _ when journey.Hops.IsEmpty => "lost before any program saw it",
        _ => $"lost after {topology.NameOf(journey.Hops[^1].Run.Droplet)} ({journey.EndReason})",
    };

    /// <summary>Rows a run changed, sorted; <c>none</c>.</summary>
    public static string Changes(Sighting run)
    {
        if (run.Changes.IsDefault)
        {
            return "not seen";
        }
        IEnumerable<string> rows = run.Changes
            .Select(change => change.Value is null ? $"{change.Table} {change.Key} deleted" : $"{change.Table} {change.Key} = {change.Value}")
            .Order(StringComparer.Ordinal);
        string text = string.Join("; ", rows);
        return text.Length == 0 ? "none" : text;
    }

    /// <summary>Where a journey was seen, in order: <c>a sent, left agent, left wire sent, switch-1 wire received …</c>.</summary>
    public static string Sightings(Topology topology, Journey journey) => string.Join(", ", journey.Sightings.Select(seen => Sighting(topology, seen)));

    public static string Sighting(Topology topology, Sighting seen) => seen.Kind switch
    {
        SightingKind.EndpointSent => $"{topology.NameOf(seen.Endpoint)} sent",
        SightingKind.EndpointReceived => $"{topology.NameOf(seen.Endpoint)} received",
        SightingKind.WireSent => $"{topology.NameOf(seen.Droplet)} wire sent",
        SightingKind.WireReceived => $"{topology.NameOf(seen.Droplet)} wire received",
        _ => $"{topology.NameOf(seen.Droplet)} {Program(seen.Program)}",
    };
}
