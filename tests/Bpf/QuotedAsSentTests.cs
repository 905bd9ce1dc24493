using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;
using MizarLab.Tests.DataPlane;
using static MizarLab.Tests.DataPlane.LabWorld;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// An ICMP error quotes the packet as its endpoint sent it, whatever NAT made of it on the way to where it ended, and goes to that endpoint: on model and programs,
/// at the agent (to a service, and of a backend to a client of the same droplet) and at transit (of a backend to a client here).
/// </summary>
public sealed class QuotedAsSentTests
{
    private const uint Service = 0x0A00_0064, Client = 0x0A00_1405;
    private static readonly MacAddress ServiceMac = new(0x0600_0000_0064), ClientMac = new(0x0600_0000_1405);

    private delegate ProgramResult Case(LabWorld world, byte[] sent, out byte[] after);

    [RootFact]
    public void To_a_service_by_the_direct_path() => Check(
        From(Hosted, HostedMac, Service, ttl: 1),
        HostedMac,
        type: 11,
        (LabWorld world, byte[] sent, out byte[] after) =>
        {
            PutForward(world);
            world.PutDirectPath(Far, Host);
            return world.FromEndpoint(sent, out after);
        });

    [RootFact]
    public void To_a_service_and_too_big() => Check(
        From(Hosted, HostedMac, Service, payload: 500, flags: Ipv4Flags.DontFragment),
        HostedMac,
        type: 3,
        (LabWorld world, byte[] sent, out byte[] after) =>
        {
            PutForward(world);
            world.Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(Own), MacOf(Own)) { MtuBytes = 600 });
            return world.FromEndpoint(sent, out after);
        });

    [RootFact]
    public void Of_a_backend_to_a_client_of_this_droplet() => Check(
        From(Hosted, HostedMac, Client, ttl: 1),
        HostedMac,
        type: 11,
        (LabWorld world, byte[] sent, out byte[] after) =>
        {
            PutReverse(world, Hosted);
            return world.FromEndpoint(sent, out after);
        });

    [RootFact]
    public void Of_a_backend_elsewhere_to_a_client_here() => Check(
        From(Local, SenderMac, Client, ttl: 1),
        SenderMac,
        type: 11,
        (LabWorld world, byte[] sent, out byte[] after) =>
        {
            PutReverse(world, Local);
            ProgramResult result = world.Transit(Tunnel(sent), out after);
            after = after[114..];
            return result;
        });

    /// <summary>Runs it on model and programs, with checksums to translate and without.</summary>
    private static void Check(byte[] sent, MacAddress sender, byte type, Case run)
    {
        using BpfDataPlane bpf = new(1, "000000c6", new BpfOptions { Settings = DataPlaneSettings.Lab });
        foreach (bool summed in (bool[])[true, false])
        {
            byte[] packet = [.. sent];
            if (!summed)
            {
                packet[40] = packet[41] = 0;
            }
            foreach (IDataPlane plane in (IDataPlane[])[new ModelDataPlane(1, DataPlaneSettings.Lab), bpf])
            {
                ProgramResult result = run(new LabWorld(plane), packet, out byte[] error);
                Assert.Equal(Reason.IcmpError, result.Reason);
                Assert.Equal(sender, MacAddress.Read(error));
                Assert.Equal(packet[26..30], error[30..34]);
                Assert.Equal(type, error[34]);
                Assert.Equal(packet[14..42], error[42..]);
                Assert.Equal(0xFFFF, InternetChecksum.Fold(InternetChecksum.Sum(error.AsSpan(34))));
            }
        }
    }

    private static byte[] From(uint source, MacAddress mac, uint destination, byte ttl = 64, int payload = 20, Ipv4Flags flags = Ipv4Flags.None) =>
        new PacketBuilder().Ethernet(GatewayMac, mac).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl, flags: flags).Udp(4000, 53).Bytes(new byte[payload]).ToBytes();

    /// <summary>The hosted endpoint's flow to the service is one to a backend in another network.</summary>
    private static void PutForward(LabWorld world) => world.Put(
        Tables.ForwardNat,
        new NatKey(Vpc, new FlowKey(new Ipv4Address(Hosted), new Ipv4Address(Service), 4000, 53, IpProtocol.Udp)),
        new NatValue(new Ipv4Address(Hosted), new Ipv4Address(Far), 4000, 5353, HostedMac, GatewayMac) { Seen = LabClock.Ticks(world.Plane.Now) });

    /// <summary>A client behind slot 3, to which a backend's packets are the service's.</summary>
    private static void PutReverse(LabWorld world, uint backend)
    {
        world.Put(Tables.Slots, 3, new PortId(3));
        world.PutEndpoint(Client, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(Own)), 3, ClientMac));
        world.Put(
            Tables.ReverseNat,
            new NatKey(Vpc, new FlowKey(new Ipv4Address(backend), new Ipv4Address(Client), 4000, 53, IpProtocol.Udp)),
            new NatValue(new Ipv4Address(Service), new Ipv4Address(Client), 80, 53, ServiceMac, ClientMac) { Seen = LabClock.Ticks(world.Plane.Now) });
    }
}
