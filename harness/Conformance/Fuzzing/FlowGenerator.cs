using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Draws what a droplet knows of flows: services' ports, NAT entries, connections.</summary>
internal sealed class FlowGenerator(FuzzRandom random, Palette palette, List<StateRow> rows)
{
    private Vni NatVni => palette.Settings.Has(Switches.VniInNatKeys) ? palette.AVni(random) : default;

    public void Add()
    {
        foreach (StateRow<EndpointKey, EndpointValue> row in rows.OfType<StateRow<EndpointKey, EndpointValue>>().Where(row => row.Value?.Type == EndpointType.Scaled).ToArray())
        {
            for (int i = random.Below(4); i > 0; i--)
            {
                IpProtocol protocol = Palette.AProtocol(random);
                ushort port = protocol == IpProtocol.Icmp && random.Chance(5, 6) ? (ushort)0 : palette.APort(random);
                rows.Add(StateRow.New(Tables.ServicePorts, new ServicePortKey(row.Key, port, protocol), palette.APort(random)));
            }
        }
        for (int i = random.Below(3); i > 0; i--)
        {
            AddNat();
        }
        for (int i = random.Below(5); i > 0; i--)
        {
            rows.Add(StateRow.New(Tables.Connections, new ConnectionKey(palette.AVni(random), Flow()), new ConnectionState((ConnectionFlags)random.Of<byte>([0, 1, 2, 4, 5, 7]))));
        }
    }

    /// <summary>A client's entry, and mostly its twin for the replies.</summary>
    private void AddNat()
    {
        FlowKey flow = Flow();
        Vni vni = NatVni;
        NatValue forward = new(flow.Source, palette.AnInner(random), flow.SourcePort, palette.APort(random), palette.AMac(random), palette.AMac(random));
        rows.Add(StateRow.New(Tables.ForwardNat, new NatKey(vni, flow), forward));
        if (random.Chance(3, 4))
        {
            FlowKey reply = new(forward.Destination, forward.Source, forward.DestinationPort, forward.SourcePort, flow.Protocol);
            rows.Add(StateRow.New(Tables.ReverseNat, new NatKey(vni, reply), new NatValue(
                flow.Destination, flow.Source, flow.DestinationPort, flow.SourcePort, palette.AMac(random), palette.AMac(random))));
        }
    }

    private FlowKey Flow()
    {
        IpProtocol protocol = Palette.AProtocol(random);
        bool ports = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        return new FlowKey(palette.AnInner(random), palette.AnInner(random), ports ? palette.APort(random) : (ushort)0, ports ? palette.APort(random) : (ushort)0, protocol);
    }
}
