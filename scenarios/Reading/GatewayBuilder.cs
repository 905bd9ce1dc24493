using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;
using K = MizarLab.Scenarios.Language.GatewayKeys;

namespace MizarLab.Scenarios.Reading;

/// <summary>Makes gateways of their fields, and checks them against the topology around them.</summary>
internal sealed class GatewayBuilder(Topology topology, ImmutableArray<Named<Fields>> services, Diagnostics diagnostics)
{
    private readonly SortedDictionary<int, string> taken = [];

    public ImmutableArray<Gateway> Build(ImmutableArray<Named<Fields>> entries) => [.. entries.Where(entry => entry.Value.Valid).Select(Build)];

    private Gateway Build(Named<Fields> entry)
    {
        Fields f = entry.Value;
        EndpointId endpoint = f.Get(K.Endpoint);
        VpcId vpc = topology.VpcOf(endpoint);
        Ipv4Address address = f.Get(K.Address);
        if (!taken.TryAdd(vpc.Index, entry.Name))
        {
            diagnostics.Report(entry.Where, $"VPC '{topology[vpc].Name}' has a gateway already, '{taken[vpc.Index]}'", "a VPC has one");
        }
        if (f.Get(K.LastPort) < f.Get(K.FirstPort))
        {
            diagnostics.Report(f.PlaceOf(K.LastPort), $"ports {f.Get(K.FirstPort)} to {f.Get(K.LastPort)} are none", "the last is not below the first");
        }
        CheckEndpoint(endpoint, f);
        CheckPublic(vpc, address, f.PlaceOf(K.Address));
        ImmutableArray<Placed<Fields>> forwards = f.Given(K.Forwards) ? f.Get(K.Forwards).NotDefault() : [];
        SortedSet<(uint Address, int Port, int Protocol)> once = [];
        return new Gateway(
            entry.Name,
            vpc,
            endpoint,
            address,
            (ushort)f.Get(K.FirstPort),
            (ushort)f.Get(K.LastPort),
            [.. forwards.Where(forward => forward.Value.Valid).Select(forward => Forward(forward.Value, vpc, endpoint, address, once))]);
    }

    private Forwarding Forward(Fields f, VpcId vpc, EndpointId outside, Ipv4Address own, SortedSet<(uint Address, int Port, int Protocol)> once)
    {
        IpProtocol protocol = f.Get(K.ForwardProtocol);
        bool hasPort = protocol != IpProtocol.Icmp;
        if (hasPort != f.Given(K.ForwardPort) || (!hasPort && f.Given(K.ForwardToPort)))
        {
            diagnostics.Report(f.Where, hasPort ? "a forward of TCP or UDP needs a port" : "icmp has no ports");
        }
        ushort port = hasPort ? (ushort)f.Get(K.ForwardPort) : (ushort)0;
        ushort toPort = hasPort && f.Given(K.ForwardToPort) ? (ushort)f.Get(K.ForwardToPort) : port;
        Ipv4Address address = f.Given(K.ForwardAddress) ? f.Get(K.ForwardAddress) : own;
        EndpointId to = f.Get(K.ForwardTo);
        if (address != own)
        {
            CheckPublic(vpc, address, f.PlaceOf(K.ForwardAddress));
        }
        if (topology.VpcOf(to) != vpc || to == outside)
        {
            diagnostics.Report(f.PlaceOf(K.ForwardTo), $"endpoint '{topology[to].Name}' is not inside VPC '{topology[vpc].Name}'", "a gateway forwards to endpoints of its own VPC");
        }
        if (!once.Add((address.Value, port, (int)protocol)))
        {
            diagnostics.Report(f.Where, "what comes there is forwarded already", "one endpoint answers");
        }
        return new Forwarding(address, port, protocol, to, toPort);
    }

    /// <summary>All of its network is outside: what else were on it would be taken for the outside.</summary>
    private void CheckEndpoint(EndpointId id, Fields f)
    {
        Endpoint endpoint = topology[id];
        SourcePlace where = f.PlaceOf(K.Endpoint);
        if (endpoint.Kind != EndpointKind.Simple)
        {
            diagnostics.Report(where, $"endpoint '{endpoint.Name}' is the droplet's own", "the outside needs a namespace of its own: kind simple");
        }
        if (topology[endpoint.Network].IsSet)
        {
            diagnostics.Report(where, $"network '{topology[endpoint.Network].Name}' of endpoint '{endpoint.Name}' has no cidr", "the outside's network is a subnet");
        }
        for (int other = 0; other < topology.Endpoints.Length; other++)
        {
            if (other != id.Index && topology.Endpoints[other].Network == endpoint.Network)
            {
                diagnostics.Report(where, $"endpoint '{topology.Endpoints[other].Name}' is on network '{topology[endpoint.Network].Name}' too", "the outside is alone on its network");
            }
        }
        foreach (Named<Fields> service in services)
        {
            if (service.Value.Valid && service.Value.Get(ServiceKeys.Network) == endpoint.Network)
            {
                diagnostics.Report(where, $"service '{service.Name}' is on network '{topology[endpoint.Network].Name}' too", "the outside is alone on its network");
            }
        }
    }

    private void CheckPublic(VpcId vpc, Ipv4Address address, SourcePlace where)
    {
        if (address.Value >> 24 is 0 or 127 or >= 224)
        {
            diagnostics.Report(where, $"{address} is no address of a host");
        }
        foreach (Network network in topology.Networks)
        {
            if (network.Vpc == vpc && (network.Cidr.Contains(address) || topology.Endpoints.Any(e => e.Address == address && topology[e.Network].Vpc == vpc)))
            {
                diagnostics.Report(where, $"{address} lies in VPC '{topology[vpc].Name}'", "a public address is of none of its networks");
                return;
            }
        }
    }
}
