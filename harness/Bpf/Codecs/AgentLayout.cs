using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct agent.</summary>
internal static class AgentLayout
{
    public const int Bytes = 192;

    private const int VniAt = 0, NicAddressAt = 8, LinksAt = 12, FlagsAt = 13, TailAt = 14, EndpointAt = 16, IdAt = 20, BouncersAt = 24, EndpointMacAt = 40, SentTypeAt = 46, GatewayMacAt = 48, SumAt = 54;
    private const int GatewayAt = 56, PodAt = 60, WordsAt = 64, RateAt = 128, NamespaceAt = 136, ClassAt = 140, NicMacAt = 144, OverrideAt = 150, BurstAt = 156;
    private const ushort Ipv4Type = 0x0800;
    private const byte OverridesMac = 1, HasEgressPolicy = 2, HasIngressPolicy = 4, IsProxied = 8, IsOutside = 16, IsPremium = 32, IsLimited = 64, IsStraight = 128;

    /// <summary>Where nobody has programmed an agent: zeros, wired like the others (§3.2 row 1).</summary>
    public static void WriteUnprogrammed(DataPlaneSettings settings, Span<byte> bytes) => Write(default, default(AgentConfig) with { Links = AgentLinks.Usual }, default, settings, bytes);

    public static void Write(AgentId id, in AgentConfig value, ListReference bouncers, DataPlaneSettings settings, Span<byte> bytes)
    {
        byte tos = TrafficClass.TosOf(value.ClassAndPriority, settings.Has(Switches.BestEffortMedium));
        bytes.Clear();
        Layout.Write(bytes, VniAt, value.Endpoint.Vni.Value);
        value.NicAddress.Write(bytes[NicAddressAt..]);
        value.NicMac.Write(bytes[NicMacAt..]);
        bytes[LinksAt] = (byte)value.Links;
        bytes[FlagsAt] = (byte)((value.MacOverride != MacAddress.Zero ? OverridesMac : 0) | (value.HasEgressPolicy ? HasEgressPolicy : 0)
            | (value.HasIngressPolicy ? HasIngressPolicy : 0) | (value.IsProxied ? IsProxied : 0) | (value.IsOutside ? IsOutside : 0)
            | (TrafficClass.IsPremium(tos) ? IsPremium : 0) | (value.BytesPerSecond != 0 ? IsLimited : 0));
        if (IsPlain(value, bouncers) && (bytes[FlagsAt] & ~(HasEgressPolicy | HasIngressPolicy)) == IsPremium)
        {
            bytes[FlagsAt] |= IsStraight;
        }
        bouncers.Write(bytes[BouncersAt..]);
        value.Endpoint.Address.Write(bytes[EndpointAt..]);
        Layout.Write(bytes, IdAt, id.Value);
        Layout.Write(bytes, ClassAt, value.ClassAndPriority);
        Layout.Write(bytes, PodAt, value.PodLabel);
        Layout.Write(bytes, NamespaceAt, value.NamespaceLabel);
        value.EndpointMac.Write(bytes[EndpointMacAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[SentTypeAt..], Ipv4Type);
        Layout.Write(bytes, SumAt, TunnelSum(tos, value.NicAddress));
        value.MacOverride.Write(bytes[OverrideAt..]);
        Layout.Write(bytes, BurstAt, value.BurstBytes);
        Layout.Write(bytes, RateAt, value.BytesPerSecond);
        value.Gateway.Write(bytes[GatewayAt..]);
        value.GatewayMac.Write(bytes[GatewayMacAt..]);
        AgentTunnel.Write(value, tos, settings.Has(Switches.StandardOptions), bytes[WordsAt..], bytes.Slice(TailAt, sizeof(ushort)));
    }

    /// <summary>Its frames go out by the NIC, to bouncers where nothing else is known, and its endpoint's address is one machine's: of class A, B or C.</summary>
    private static bool IsPlain(in AgentConfig value, ListReference bouncers) =>
        value.Links.HasFlag(AgentLinks.Nic) && bouncers.Count > 0 && value.Endpoint.Address.Value >> 24 is > 0 and < 0xE0;

    /// <summary>Ones'-complement sum, of words as they lie in memory, of version and TOS, TTL and protocol, and source.</summary>
    private static ushort TunnelSum(byte tos, Ipv4Address source)
    {
        const uint version = 0x45, ttl = 64, udp = 17;
        uint sum = (version | ((uint)tos << 8)) + (ttl | (udp << 8)) + (source.WireWord & 0xffff) + (source.WireWord >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }

    public static AgentId ReadId(ReadOnlySpan<byte> bytes) => new(Layout.Read<int>(bytes, IdAt));

    public static ListReference ReadBouncers(ReadOnlySpan<byte> bytes) => ListReference.Read(bytes[BouncersAt..]);

    public static AgentConfig Read(ReadOnlySpan<byte> bytes, AddressList bouncers) => new(
        Ipv4Address.Read(bytes[NicAddressAt..]),
        MacAddress.Read(bytes[NicMacAt..]),
        new EndpointKey(new Vni(Layout.Read<ulong>(bytes, VniAt)), Ipv4Address.Read(bytes[EndpointAt..])),
        bouncers)
    {
        Links = (AgentLinks)bytes[LinksAt],
        MacOverride = MacAddress.Read(bytes[OverrideAt..]),
        PodLabel = Layout.Read<uint>(bytes, PodAt),
        NamespaceLabel = Layout.Read<uint>(bytes, NamespaceAt),
        ClassAndPriority = Layout.Read<uint>(bytes, ClassAt),
        EndpointMac = MacAddress.Read(bytes[EndpointMacAt..]),
        HasEgressPolicy = (bytes[FlagsAt] & HasEgressPolicy) != 0,
        HasIngressPolicy = (bytes[FlagsAt] & HasIngressPolicy) != 0,
        IsProxied = (bytes[FlagsAt] & IsProxied) != 0,
        Gateway = Ipv4Address.Read(bytes[GatewayAt..]),
        GatewayMac = MacAddress.Read(bytes[GatewayMacAt..]),
        BytesPerSecond = Layout.Read<ulong>(bytes, RateAt),
        BurstBytes = Layout.Read<uint>(bytes, BurstAt),
        IsOutside = (bytes[FlagsAt] & IsOutside) != 0,
    };
}
