using System.Numerics;
using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>A flow in one direction; ports 0 but for protocols that have them and frames that show them.</summary>
/// <remarks>Two words: it is passed in registers and compared by two instructions.</remarks>
public readonly record struct FlowKey
{
    private const int PortsShift = 32;

    private readonly ulong addresses;
    private readonly ulong portsAndProtocol;

    public FlowKey(Ipv4Address source, Ipv4Address destination, ushort sourcePort, ushort destinationPort, IpProtocol protocol)
        : this((ulong)source.Value << 32 | destination.Value, (uint)sourcePort << 16 | destinationPort, protocol)
    {
    }

    /// <param name="addresses">The source's in the upper half.</param>
    /// <param name="ports">As the transport header has them: the source's in the upper half.</param>
    internal FlowKey(ulong addresses, uint ports, IpProtocol protocol)
    {
        this.addresses = addresses;
        portsAndProtocol = ((ulong)ports << PortsShift) | (byte)protocol;
    }

    internal FlowKey(ulong addresses, ulong portsAndProtocol)
    {
        this.addresses = addresses;
        this.portsAndProtocol = portsAndProtocol;
    }

    public Ipv4Address Source
    {
        get => new((uint)(addresses >> 32));
        init => addresses = ((ulong)value.Value << 32) | (uint)addresses;
    }

    public Ipv4Address Destination
    {
        get => new((uint)addresses);
        init => addresses = (addresses >> 32 << 32) | value.Value;
    }

    public ushort SourcePort
    {
        get => (ushort)(Ports >> 16);
        init => this = new(addresses, ((uint)value << 16) | (ushort)Ports, Protocol);
    }

    public ushort DestinationPort
    {
        get => (ushort)Ports;
        init => this = new(addresses, (Ports >> 16 << 16) | value, Protocol);
    }

    public IpProtocol Protocol
    {
        get => (IpProtocol)(byte)portsAndProtocol;
        init => this = new(addresses, Ports, value);
    }

    /// <summary>Both ports, the source's in the upper half.</summary>
    internal uint Ports => (uint)(portsAndProtocol >> PortsShift);

    internal ulong Addresses => addresses;

    internal ulong PortsAndProtocol => portsAndProtocol;

    /// <summary>The same flow the other way.</summary>
    public FlowKey Reversed => new(BitOperations.RotateLeft(addresses, 32), BitOperations.RotateLeft(Ports, 16), Protocol);

    /// <summary>The same for both directions: each end mixed alone, then the two added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode()
    {
        const ulong odd = 0x9E37_79B9_7F4A_7C15;
        ulong source = (addresses >> 32 << 16 | Ports >> 16) * odd;
        ulong destination = ((ulong)(uint)addresses << 16 | (ushort)Ports) * odd;
        ulong ends = (source ^ (source >> 31)) + (destination ^ (destination >> 31)) + (byte)portsAndProtocol;
        return (int)(ends ^ (ends >> 32));
    }

    /// <summary><c>tcp 10.0.0.2:4000 > 10.0.0.3:80</c>.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Protocol.ToString().ToLowerInvariant()} {Source}:{SourcePort} > {Destination}:{DestinationPort}");
}

/// <summary>Key of the NAT caches. Upstream's has no VNI (§8.1 P9): it is 0 in the dialect <c>mizar</c>.</summary>
public readonly record struct NatKey(Vni Vni, FlowKey Flow);

/// <summary>What a frame of the flow becomes (§3.1): addresses, ports, inner MACs.</summary>
public readonly record struct NatValue(
    Ipv4Address Source, Ipv4Address Destination, ushort SourcePort, ushort DestinationPort, MacAddress SourceMac, MacAddress DestinationMac)
{
    /// <summary>How far its connection has come (dialect <c>lab</c>).</summary>
    public NatState State { get; init; }

    /// <summary>When a frame last used it, in <see cref="LabClock"/> ticks (dialect <c>lab</c>).</summary>
    public uint Seen { get; init; }
}

/// <summary>What a NAT entry has seen of its TCP connection.</summary>
[Flags]
public enum NatState : byte
{
    None = 0,

    /// <summary>A segment of this direction that opens nothing.</summary>
    Established = 1,

    /// <summary>The client's FIN.</summary>
    ClientFinished = 2,

    /// <summary>The backend's FIN.</summary>
    BackendFinished = 4,

    Finished = ClientFinished | BackendFinished,
}

public readonly record struct ConnectionKey
{
    private readonly ulong addresses;
    private readonly ulong portsAndProtocol;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ConnectionKey(Vni vni, in FlowKey flow)
    {
        // Word by word: a flow just read from a packet cannot be copied whole yet.
        Vni = vni;
        addresses = flow.Addresses;
        portsAndProtocol = flow.PortsAndProtocol;
    }

    public Vni Vni { get; init; }

    public FlowKey Flow
    {
        get => new(addresses, portsAndProtocol);
        init => (addresses, portsAndProtocol) = (value.Addresses, value.PortsAndProtocol);
    }

    public IpProtocol Protocol => (IpProtocol)(byte)portsAndProtocol;

    /// <summary>Of the connection the other way. Has the same hash, and so lies beside it.</summary>
    internal ConnectionKey Reversed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vni, Flow.Reversed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode() => Flow.GetHashCode() ^ (int)(Vni.Value << 8);
}

/// <summary>Upstream's state byte (§3.10): bit 0 denied, bit 1 one-directional, bit 2 re-evaluate.</summary>
[Flags]
public enum ConnectionFlags : byte
{
    None = 0,
    Denied = 1,
    OneDirection = 2,
    Reevaluate = 4,
}

/// <summary>Where a TCP connection is (dialect <c>lab</c>). The opener is who sent the first packet we saw, the replier the other.</summary>
public enum TcpPhase : byte
{
    /// <summary>Not TCP.</summary>
    None = 0,

    /// <summary>The replier has not been heard.</summary>
    Opening = 1,

    Established = 2,

    /// <summary>The opener has sent its FIN, the replier not.</summary>
    OpenerDone = 3,

    ReplierDone = 4,

    /// <summary>Both have; what is left is retransmitted.</summary>
    Closed = 5,
}

/// <summary>A tracked connection, under the tuple of its opener. What <c>mizar</c> knows is the flags alone.</summary>
public record struct ConnectionState(ConnectionFlags Flags)
{
    public TcpPhase Phase { get; init; }

    /// <summary>When a frame of either direction last passed, in <see cref="LabClock"/> ticks (dialect <c>lab</c>). Written in the row itself: most packets have no other news.</summary>
    public uint Seen { get; set; }

    /// <summary>
    /// The policy epoch (<see cref="PolicyEpoch"/>) by which the opener's agent let it out; 0: it did not, or is elsewhere (dialect <c>lab</c>).
    /// </summary>
    public uint Egress { get; init; }

    /// <summary>The policy epoch by which the replier's host let it in; 0: it did not, or is elsewhere (dialect <c>lab</c>).</summary>
    public uint Ingress { get; init; }
}

/// <summary>A port of a scaled endpoint; the port as a number.</summary>
public readonly record struct ServicePortKey(EndpointKey Service, ushort Port, IpProtocol Protocol);

/// <summary>Slots of transit's jump table, upstream's numbers (§3.15).</summary>
public static class StageSlot
{
    public const int Tx = 0;
    public const int Pass = 1;
    public const int Redirect = 2;
    public const int Drop = 3;
    public const int ScaledEndpoint = 4;

    /// <summary>Not upstream's: after ABORTED (<see cref="Switches.CompleteStages"/>).</summary>
    public const int Aborted = 5;

    /// <summary>No slot.</summary>
    internal const int None = -1;
}

/// <summary>A tail-called program of transit, as loaded.</summary>
public enum StageProgram : byte
{
    /// <summary>The scaled-endpoint stage (§3.9).</summary>
    ScaledEndpoint = 1,

    /// <summary>A program of the user's; which one the backend knows.</summary>
    Function = 2,

    /// <summary>
    /// These answer the verdict they are named for and do nothing else: upstream's examples (§1.3 row 47). Each may stand in any slot; a REDIRECT that
    /// follows none of the program before has no target.
    /// </summary>
    Tx = 3,
    Pass = 4,
    Redirect = 5,
    Drop = 6,
}

/// <summary>What agents sent (§3.15, tx_stats_map): bytes and packets by verdict.</summary>
public readonly record struct TransmitStatistics(
    ulong RedirectBytes, ulong ExpeditedBytes, ulong PassBytes, ulong DropBytes,
    uint RedirectPackets, uint ExpeditedPackets, uint PassPackets, uint DropPackets);

/// <summary>A best-effort limit (§3.11).</summary>
/// <param name="BytesPerSecond">The rate.</param>
/// <param name="HorizonNanoseconds">A frame that would wait as long or longer is dropped.</param>
public readonly record struct BandwidthLimit(ulong BytesPerSecond, ulong HorizonNanoseconds);

/// <summary>What is known of another droplet (dialect <c>lab</c>).</summary>
public enum PeerState : byte
{
    Healthy = 1,

    /// <summary>Its address is trusted, but nothing is sent to it by direct path.</summary>
    Unhealthy = 2,
}
