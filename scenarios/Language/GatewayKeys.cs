using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of <c>gateways:</c> in the topology.</summary>
internal static class GatewayKeys
{
    private const int MostForwards = 1_000;

    public static readonly Key<EndpointId> Endpoint = Key.Needs("endpoint", References.Endpoint, "The endpoint that stands for everything outside its VPC, alone on its network: its namespace is the internet.");
    public static readonly Key<Ipv4Address> Address = Key.Needs("address", AddressShape.Instance, "The address the outside sees packets come from; of no network of the VPC.");
    public static readonly Key<int> FirstPort = Key.Has("first_port", Standard.Port, 32_768, "First of the ports they come from, of TCP and UDP, and of the identifiers of pings.");
    public static readonly Key<int> LastPort = Key.Has("last_port", Standard.Port, 60_999, "The last.");

    public static readonly Key<IpProtocol> ForwardProtocol = Key.Has(
        "protocol", new ChoiceShape<IpProtocol>("a protocol", ("tcp", IpProtocol.Tcp), ("udp", IpProtocol.Udp), ("icmp", IpProtocol.Icmp)), IpProtocol.Tcp, "Of the connections; icmp: pings.");
    public static readonly Key<int> ForwardPort = Key.May("port", Standard.Port, "The public port; icmp has none.");
    public static readonly Key<EndpointId> ForwardTo = Key.Needs("to", References.Endpoint, "The endpoint of the VPC that answers.");
    public static readonly Key<int> ForwardToPort = Key.May("to_port", Standard.Port, "Its port, when not the public one.");
    public static readonly Key<Ipv4Address> ForwardAddress = Key.May("address", AddressShape.Instance, "The public address, when not the gateway's.");
    private static readonly RecordShape Forward = new("forward", "What the outside may open.", ForwardProtocol, ForwardPort, ForwardTo, ForwardToPort, ForwardAddress);

    public static readonly Key<ImmutableArray<Placed<Fields>>> Forwards = Key.May("forward", new ListShape<Fields>(Forward, MostForwards), "Connections from outside that go to endpoints (DNAT); all others are dropped.");

    public static readonly RecordShape Shape = new(
        "gateway", "Where a VPC's traffic leaves it: what goes to none of its networks goes to one endpoint, with a public source (docs/functions.md).", Endpoint, Address, FirstPort, LastPort, Forwards);
}
