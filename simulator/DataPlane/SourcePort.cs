using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The outer UDP source port: the entropy the underlay spreads flows by (§2.3).</summary>
internal static class SourcePort
{
    /// <summary>The dynamic ports (RFC 6335), as RFC 8926 §3.3 asks for.</summary>
    private const int FirstDynamic = 49_152;
    private const uint DynamicMask = 0x3FFF;

    /// <summary>
    /// Upstream's: 1024 to 6552, from the addresses alone, so that all flows of two endpoints are one, and Geneve's own port is among them (§8.1 P20). With
    /// <see cref="Switches.SourcePorts"/>: 49152 to 65535, from ports and protocol too. Fragments have none: all of a packet go one way.
    /// </summary>
    /// <param name="hash">Of the addresses.</param>
    public static ushort Of(in InnerPacket packet, uint hash, DataPlaneSettings settings)
    {
        if (!settings.Has(Switches.SourcePorts))
        {
            return (ushort)(MizarHash.FirstSourcePort + (hash % MizarHash.SourcePorts));
        }
        bool hasPorts = packet.HasPorts && (packet.Fragment & (FragmentBits.More | FragmentBits.Later)) == 0;
        uint ports = hasPorts ? (uint)packet.Flow.SourcePort << 16 | packet.Flow.DestinationPort : 0;
        return (ushort)(FirstDynamic + (MizarHash.OfWords(hash, unchecked(ports + (byte)packet.Flow.Protocol)) & DynamicMask));
    }
}
