using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// Where a VPC's traffic leaves it: everything whose destination lies in no network of the VPC goes to one endpoint, alone on its network, which stands for the
/// outside. What leaves is given a public source there (SNAT), what comes in a private destination (DNAT).
/// </summary>
/// <param name="Vpc">Whose; one has one at most.</param>
/// <param name="Endpoint">That stands for the outside.</param>
/// <param name="Address">What the outside sees packets come from.</param>
/// <param name="FirstPort">The ports they come from, and the identifiers of pings: this and up, to <paramref name="LastPort"/>.</param>
public readonly record struct Gateway(string Name, VpcId Vpc, EndpointId Endpoint, Ipv4Address Address, ushort FirstPort, ushort LastPort, ImmutableArray<Forwarding> Forwards);

/// <summary>A public address and port behind which an endpoint of the VPC answers the outside; of ICMP both ports are 0.</summary>
public readonly record struct Forwarding(Ipv4Address Address, ushort Port, IpProtocol Protocol, EndpointId To, ushort ToPort);
