using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of <c>services:</c> in the topology.</summary>
internal static class ServiceKeys
{
    public static readonly Key<NetworkId> Network = Key.Needs("network", References.Network, "The network it is on: whose bouncers choose.");
    public static readonly Key<Ipv4Address> Address = Key.Needs("address", AddressShape.Instance, "Its address on that network; no endpoint's.");
    public static readonly Key<ImmutableArray<ServicePort>> Ports = Key.Needs("ports", ServicePortsShape.Instance, "Its ports, each with the backends' port behind it; icmp: on lets pings through to a backend.");
    public static readonly Key<ImmutableArray<Placed<EndpointId>>> Backends = Key.Needs("backends", new ListShape<EndpointId>(References.Endpoint, AddressList.Limit), "Endpoints of the VPC behind it, in the order the hash counts.");
    public static readonly Key<MacAddress> Mac = Key.May("mac", MacShape.Instance, "Its MAC. Without it made as a gateway's.");
    public static readonly RecordShape Shape = new("service", "A scaled endpoint: one address, behind which several endpoints answer (spec §3.9).", Network, Address, Ports, Backends, Mac);
}
