using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation.Comparing;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>What happened at one place of a journey.</summary>
/// <param name="Since">Time since the journey began.</param>
/// <param name="Place">A droplet with the program that ran there, or an endpoint: <c>switch-1 (transit)</c>, <c>a</c>.</param>
/// <param name="Action">What happened there: <c>sent</c>, <c>REDIRECT agent slot 0 (ToBouncer)</c>, <c>received</c>.</param>
/// <param name="Outer">The underlay header of the frame as it left, in words; null when it carries none.</param>
/// <param name="Inner">The endpoint's frame in words.</param>
/// <param name="Form"><c>encapsulated, 114 bytes</c> or <c>decapsulated</c>; null when neither.</param>
/// <param name="Changed">Fields the program changed; of an encapsulation those of the frame inside. Left is before, right after.</param>
/// <param name="Rows">Table rows the run changed, in words; empty when none or not seen.</param>
public sealed record JourneyStep(
    SimTime Since, string Place, string Action, string? Outer, string Inner, string? Form, ImmutableArray<FieldDifference> Changed, ImmutableArray<string> Rows)
{
    /// <summary>A journey as its programs' runs, with the endpoints at both ends where they were seen.</summary>
    public static ImmutableArray<JourneyStep> Of(Journey journey, Topology topology) =>
        [.. journey.Sightings
            .Where(seen => seen.Kind is SightingKind.Program or SightingKind.EndpointSent or SightingKind.EndpointReceived)
            .Select(seen => Of(seen, seen.Time - journey.Began, topology))];

    private static JourneyStep Of(Sighting seen, SimTime since, Topology topology)
    {
        if (seen.Kind != SightingKind.Program)
        {
            string action = seen.Kind == SightingKind.EndpointSent ? "sent" : "received";
            return new JourneyStep(since, topology.NameOf(seen.Endpoint), action, FrameWords.Outer(seen.FrameOut), FrameWords.Inner(seen.FrameOut), null, [], []);
        }
        (string? form, ImmutableArray<FieldDifference> changed) = Change(seen.FrameIn, seen.FrameOut);
        ImmutableArray<string> rows = seen.Changes.IsDefaultOrEmpty
            ? []
            : [.. seen.Changes.Select(change => change.Value is null ? $"{change.Table} {change.Key} deleted" : $"{change.Table} {change.Key} = {change.Value}")];
        return new JourneyStep(
            since, HopText.Place(topology, seen), HopText.Verdict(seen), FrameWords.Outer(seen.FrameOut), FrameWords.Inner(seen.FrameOut), form, changed, rows);
    }

    private static (string? Form, ImmutableArray<FieldDifference> Changed) Change(byte[] before, byte[] after)
    {
        int beforeInner = FrameFacts.InnerOffset(before);
        int afterInner = FrameFacts.InnerOffset(after);
        return (beforeInner, afterInner) switch
        {
            ( < 0, >= 0) => ($"encapsulated, {afterInner} bytes", FrameFields.Differences(before, after.AsSpan(afterInner))),
            ( >= 0, < 0) => ("decapsulated", FrameFields.Differences(before.AsSpan(beforeInner), after)),
            _ => (null, FrameFields.Differences(before, after)),
        };
    }
}
