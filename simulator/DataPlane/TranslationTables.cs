using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// How a VPC's traffic with the outside is translated, on the droplet of the endpoint that stands for the outside (<see cref="EndpointValue.IsOutside"/>).
/// </summary>
/// <param name="Endpoint">That endpoint, in this VPC.</param>
/// <param name="Address">What packets from inside come from, as the outside sees them.</param>
/// <param name="FirstPort">The ports they come from, of TCP and UDP, and the identifiers of echo requests: this and up.</param>
/// <param name="LastPort">This and below; less than the first: there are none.</param>
public readonly record struct Translator(Ipv4Address Endpoint, Ipv4Address Address, ushort FirstPort, ushort LastPort);

/// <summary>A public address and port that the outside may open connections to; of ICMP the port is 0.</summary>
public readonly record struct PortForwardKey(EndpointKey Public, ushort Port, IpProtocol Protocol);

/// <summary>Who answers there: an endpoint of the VPC, and its port.</summary>
public readonly record struct PortForward(Ipv4Address Address, ushort Port);

/// <summary>
/// A session in one direction, as its packets come to the gateway. Of echo requests the identifier is the source port, of replies the destination port; the other is 0.
/// </summary>
/// <param name="Vni">24 bits.</param>
/// <param name="IsInbound">From the outside.</param>
public readonly record struct TranslationKey(Vni Vni, FlowKey Flow, bool IsInbound);

/// <summary>
/// What a session's packets become. A row counts only with its twin, the other direction's, which says the same the other way round. The state is in the row of
/// what goes out; in the other it is 0.
/// </summary>
public readonly record struct TranslationValue(Ipv4Address Source, Ipv4Address Destination, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>How far a TCP connection has come: <see cref="NatState.ClientFinished"/> is the inside's FIN, <see cref="NatState.BackendFinished"/> the outside's.</summary>
    public NatState State { get; init; }

    /// <summary>When a packet of either direction last passed, in <see cref="LabClock"/> ticks.</summary>
    public uint Seen { get; init; }
}
