using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Shapes;
using K = MizarLab.Scenarios.Language.ServiceKeys;

namespace MizarLab.Scenarios.Reading;

/// <summary>Makes services of their fields, and checks them against the topology around them.</summary>
internal sealed class ServiceBuilder(Topology topology, Dialect dialect, Diagnostics diagnostics)
{
    public ImmutableArray<Service> Build(ImmutableArray<Named<Fields>> entries) => [.. entries.Select(Build)];

    private Service Build(Named<Fields> entry)
    {
        Fields f = entry.Value;
        NetworkId network = f.Get(K.Network);
        Ipv4Address address = f.Get(K.Address);
        MacAddress mac = f.Given(K.Mac) ? f.Get(K.Mac) : Defaults.GatewayMac(dialect, network.Index, address);
        ImmutableArray<Placed<EndpointId>> backends = f.Get(K.Backends).NotDefault();
        Service service = new(entry.Name, network, address, mac, f.Get(K.Ports).NotDefault(), [.. backends.Select(b => b.Value)]);
        if (f.Valid)
        {
            CheckAddress(service, f);
            CheckBackends(service, backends);
        }
        return service;
    }

    private void CheckAddress(in Service service, Fields fields)
    {
        Network network = topology[service.Network];
        Ipv4Address address = service.Address;
        if (!network.IsSet && !network.Cidr.Contains(address))
        {
            diagnostics.Report(fields.PlaceOf(K.Address), $"address {address} is outside network '{network.Name}' ({network.Cidr})");
        }
        if (address == network.Gateway)
        {
            diagnostics.Report(fields.PlaceOf(K.Address), $"address {address} is the gateway of network '{network.Name}'", "choose another");
        }
        foreach (Endpoint other in topology.Endpoints)
        {
            if (other.Address == address && topology[other.Network].Vpc == network.Vpc)
            {
                diagnostics.Report(fields.PlaceOf(K.Address), $"address {address} of service '{service.Name}' is that of endpoint '{other.Name}' too");
            }
        }
    }

    private void CheckBackends(in Service service, ImmutableArray<Placed<EndpointId>> backends)
    {
        VpcId vpc = topology[service.Network].Vpc;
        SortedSet<int> once = [];
        foreach (Placed<EndpointId> backend in backends)
        {
            if (topology[topology[backend.Value].Network].Vpc != vpc)
            {
                diagnostics.Report(backend.Where, $"endpoint '{topology[backend.Value].Name}' is in another VPC than service '{service.Name}'");
            }
            if (!once.Add(backend.Value.Index))
            {
                diagnostics.Report(backend.Where, $"endpoint '{topology[backend.Value].Name}' is listed twice", "name it once");
            }
        }
    }
}
