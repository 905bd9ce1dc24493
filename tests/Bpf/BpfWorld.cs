using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// One droplet in each role, by hand: 172.17.0.21 bounces for VPC 3, divides 10.0.20.0/24 and hosts 10.0.0.9 behind slot 2; agent 1 sends to
/// the bouncer .22, agent 2 to its own droplet.
/// </summary>
internal static class BpfWorld
{
    public static readonly DropletId Droplet = new(0);
    public static readonly Vni Vpc = new(3);
    public static readonly MacAddress NicMac = MacAddress.Parse("02:42:ac:11:00:15");
    public static readonly MacAddress HostedMac = MacAddress.Parse("6a:00:00:00:00:09");

    private static readonly MacAddress EndpointMac = MacAddress.Parse("6a:00:00:00:00:02");

    public static Ipv4Address Nic => Ipv4Address.Parse("172.17.0.21");

    public static Ipv4Address Bouncer => Ipv4Address.Parse("172.17.0.22");

    public static Ipv4Address Host => Ipv4Address.Parse("172.17.0.12");

    public static Ipv4Address Local => Ipv4Address.Parse("10.0.0.2");

    public static Ipv4Address Remote => Ipv4Address.Parse("10.0.0.3");

    public static Ipv4Address Hosted => Ipv4Address.Parse("10.0.0.9");

    public static Ipv4Address OtherNetwork => Ipv4Address.Parse("10.0.20.3");

    public static Ipv4Address Nowhere => Ipv4Address.Parse("10.9.9.9");

    public static void Write(ITableWriter writer)
    {
        writer.Put(Droplet, Tables.Interface, 0, new InterfaceConfig(0, Nic, NicMac));
        for (int slot = 0; slot < 4; slot++)
        {
            writer.Put(Droplet, Tables.Slots, slot, new PortId(slot));
        }
        writer.Put(Droplet, Tables.AgentSlots, 0, PortId.Nic);
        foreach (Ipv4Address address in (Ipv4Address[])[Nic, Bouncer, Host])
        {
            writer.Put(Droplet, Tables.Endpoints, new EndpointKey(Vni.Substrate, address), new EndpointValue(EndpointType.Substrate, default, -1, MacOf(address)));
        }
        writer.Put(Droplet, Tables.Endpoints, new EndpointKey(Vpc, Remote), new EndpointValue(EndpointType.Simple, new AddressList(Host), -1, EndpointMac));
        writer.Put(Droplet, Tables.Endpoints, new EndpointKey(Vpc, Hosted), new EndpointValue(EndpointType.Simple, new AddressList(Nic), 2, HostedMac));
        writer.Put(Droplet, Tables.Networks, new NetworkKey(Vpc, new Ipv4Prefix(OtherNetwork, 24)), new AddressList(Bouncer));
        foreach ((int agent, Ipv4Address bouncer) in ((int, Ipv4Address)[])[(1, Bouncer), (2, Nic)])
        {
            writer.Put(Droplet, Tables.Agents, new AgentId(agent), new AgentConfig(Nic, NicMac, new EndpointKey(Vpc, Local), new AddressList(bouncer)));
            writer.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(agent), new EndpointKey(Vni.Substrate, bouncer)), MacOf(bouncer));
        }
    }

    public static MacAddress MacOf(Ipv4Address droplet) => new(0x0242_0000_0000u | droplet.Value);

    /// <summary>An echo request as an endpoint sends it.</summary>
    public static byte[] Ping(Ipv4Address source, Ipv4Address destination, int payload = 56)
    {
        byte[] frame = new byte[14 + 20 + 8 + payload];
        EndpointMac.Write(frame.AsSpan(6));
        frame[12] = 0x08;
        frame[14] = 0x45;
        frame[22] = 64;
        frame[23] = 1;
        source.Write(frame.AsSpan(26));
        destination.Write(frame.AsSpan(30));
        frame[34] = 8;
        for (int i = 42; i < frame.Length; i++)
        {
            frame[i] = (byte)i;
        }
        return frame;
    }

    /// <summary>The same in Geneve, on the wire from <see cref="Host"/> to this droplet.</summary>
    public static byte[] OnWire(byte[] inner)
    {
        ModelDataPlane sender = new(1);
        sender.Put(Droplet, Tables.AgentSlots, 0, PortId.Nic);
        sender.Put(Droplet, Tables.Agents, new AgentId(1), new AgentConfig(Host, MacOf(Host), new EndpointKey(Vpc, Local), new AddressList(Nic)));
        sender.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(Vni.Substrate, Nic)), NicMac);
        Frame frame = Frame.FromBytes(inner);
        Assert.Equal(Reason.ToBouncer, sender.Run(Droplet, ProgramId.Agent, new AgentId(1), ref frame).Reason);
        return frame.ToBytes();
    }
}
