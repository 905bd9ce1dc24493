using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

/// <summary>Counts Geneve frames on a droplet's wire, in either direction, as a capture on its NIC would (spec §6.4).</summary>
internal static class WireCount
{
    /// <returns>How many frames had which outer TTL.</returns>
    public static ImmutableSortedDictionary<int, int> ByTtl(Evidence evidence, DropletId droplet, InnerProtocol protocol, string? step) =>
        By(FrameFacts.OuterTtl, evidence, droplet, protocol, step);

    /// <summary>A number of the underlay's header.</summary>
    public delegate int Field(ReadOnlySpan<byte> frame);

    /// <returns>How many frames had which number there.</returns>
    public static ImmutableSortedDictionary<int, int> By(Field field, Evidence evidence, DropletId droplet, InnerProtocol protocol, string? step)
    {
        ImmutableSortedDictionary<int, int>.Builder counts = ImmutableSortedDictionary.CreateBuilder<int, int>();
        foreach (Journey journey in evidence.JourneysOf(step))
        {
            foreach (Sighting seen in journey.Sightings)
            {
                if (seen.Droplet != droplet || seen.Kind is not (SightingKind.WireSent or SightingKind.WireReceived))
                {
                    continue;
                }
                int inner = FrameFacts.InnerOffset(seen.FrameIn);
                if (inner >= 0 && (protocol == InnerProtocol.Any || FrameFacts.Read(seen.FrameIn.AsSpan(inner)).Protocol == protocol))
                {
                    int value = field(seen.FrameIn);
                    counts[value] = counts.GetValueOrDefault(value) + 1;
                }
            }
        }
        return counts.ToImmutable();
    }

    /// <summary><c>TTL 64 ×2, 63 ×1</c>, highest first; <c>none</c>.</summary>
    public static string Text(ImmutableSortedDictionary<int, int> counts) => Text("TTL", counts);

    /// <inheritdoc cref="Text(ImmutableSortedDictionary{int, int})"/>
    public static string Text(string field, ImmutableSortedDictionary<int, int> counts) =>
        counts.IsEmpty ? "none" : field + " " + string.Join(", ", counts.Reverse().Select(pair => $"{pair.Key} ×{pair.Value}"));

    /// <summary><c>ICMP frames on left's wire in step 'ping-1'</c>.</summary>
    public static string Subject(Evidence evidence, DropletId droplet, InnerProtocol protocol, string? step) =>
        $"{(protocol == InnerProtocol.Any ? "Geneve" : protocol.ToString().ToUpperInvariant())} frames on {evidence.Topology.NameOf(droplet)}'s wire{Evidence.InStep(step)}";
}
