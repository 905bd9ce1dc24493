using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// What takes the straight ways comes to the same on the general one: two worlds alike, of which one counts what its caches do, and so has no straight way, are given
/// the same frames.
/// </summary>
public sealed class StraightWayTests
{
    private static readonly uint[] Known = [LabWorld.Remote, LabWorld.Hosted, LabWorld.Local, LabWorld.Unknown, LabWorld.Far, LabWorld.Gateway, 0xE000_0001];
    private static readonly MacAddress[] Macs = [LabWorld.RemoteMac, LabWorld.HostedMac, LabWorld.SenderMac, LabWorld.GatewayMac, MacAddress.Broadcast];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_ways_come_to_the_same(bool guarded)
    {
        // Fixed seed: a failure is repeatable.
        Random random = new(20261122);
        LabWorld straight = World(guarded), general = World(guarded);
        general.Model.CountsCaches = true;
        SortedDictionary<Reason, int> reasons = [];
        for (int round = 0; round < 20_000; round++)
        {
            if (random.Next(50) == 0)
            {
                Change(random.Next(), straight, general);
            }
            bool sends = random.Next(2) == 0;
            byte[] frame = Mutated(random, sends ? Inner(random, LabWorld.Hosted) : Tunnelled(random));
            ProgramResult here = Run(straight, sends, frame, out byte[] after);
            ProgramResult there = Run(general, sends, frame, out byte[] expected);

            Assert.Equal(there, here);
            Assert.Equal(expected, after);
            reasons[here.Reason] = reasons.GetValueOrDefault(here.Reason) + 1;
            if (round % 100 == 0)
            {
                SameRows(straight, general, Tables.DirectPath);
                SameRows(straight, general, Tables.Connections);
                SameRows(straight, general, Tables.Drops);
            }
        }
        foreach (Reason usual in (Reason[])[Reason.ToBouncer, Reason.DirectPath, Reason.ToHost, Reason.Delivered])
        {
            Assert.InRange(reasons.GetValueOrDefault(usual), 200, 20_000);
        }
    }

    private static LabWorld World(bool guarded)
    {
        LabWorld world = new();
        if (guarded)
        {
            EndpointValue hosted = world.Model.Rows(LabWorld.Droplet, Tables.Endpoints).Single(row => row.Key == LabWorld.Key(LabWorld.Hosted)).Value;
            world.PutEndpoint(LabWorld.Hosted, hosted with { HasIngressPolicy = true });
            AgentConfig agent = world.Model.Rows(LabWorld.Droplet, Tables.Agents).Single().Value;
            world.Put(Tables.Agents, LabWorld.Agent, agent with { HasEgressPolicy = true });
            Allow(world, 0);
        }
        return world;
    }

    /// <summary>What the endpoint hosted here may exchange with whom: written anew, it is another policy of the same words.</summary>
    private static void Allow(LabWorld world, int bit)
    {
        foreach (PolicyDirection direction in Enum.GetValues<PolicyDirection>())
        {
            PolicyScope scope = new(direction, LabWorld.Key(LabWorld.Hosted));
            world.Put(Tables.PolicyEnforced, scope, (byte)1);
            foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Udp, IpProtocol.Tcp])
            {
                world.Put(Tables.PolicyPorts, new PolicyPortKey(scope, protocol, 53), PolicyBits.Of(bit));
            }
            world.Put(Tables.PolicyCidrs, new PolicyCidrKey(scope, CidrKind.Primary, new Ipv4Prefix(new Ipv4Address(LabWorld.Remote), 24)), PolicyBits.Of(bit));
        }
    }

    /// <summary>Time passes, a path becomes known, a host falls ill, policy is written.</summary>
    private static void Change(int choice, params LabWorld[] worlds)
    {
        foreach (LabWorld world in worlds)
        {
            switch (choice % 6)
            {
                case 0:
                    world.Plane.Now += SimTime.FromSeconds(choice % 7 == 0 ? 200 : 12);
                    break;
                case 1:
                case 2:
                    world.PutDirectPath(LabWorld.Remote, LabWorld.Host, crosses: choice % 7 < 3);
                    break;
                case 3:
                    world.Model.Delete(LabWorld.Droplet, Tables.DirectPath, LabWorld.Key(LabWorld.Remote));
                    break;
                case 4:
                    world.Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(LabWorld.Own), LabWorld.MacOf(LabWorld.Own)) { HasUnhealthyPeers = choice % 7 == 0, MtuBytes = choice % 5 == 0 ? 150 : 1500 });
                    world.Put(Tables.Peers, new Ipv4Address(LabWorld.Host), choice % 2 == 0 ? PeerState.Unhealthy : PeerState.Healthy);
                    break;
                default:
                    Allow(world, choice % 3);
                    break;
            }
        }
    }

    private static byte[] Inner(Random random, uint from)
    {
        uint source = random.Next(20) == 0 ? Pick(random, Known) : from;
        uint destination = random.Next(2) == 0 ? LabWorld.Remote : Pick(random, Known);
        return Packet(random, source, destination, random.Next(2) == 0 ? LabWorld.RemoteMac : Pick(random, Macs), LabWorld.HostedMac);
    }

    private static byte[] Tunnelled(Random random)
    {
        uint destination = random.Next(4) == 0 ? Pick(random, Known) : random.Next(2) == 0 ? LabWorld.Hosted : LabWorld.Remote;
        MacAddress mac = random.Next(8) == 0 ? Pick(random, Macs) : destination == LabWorld.Hosted ? LabWorld.HostedMac : LabWorld.RemoteMac;
        uint source = random.Next(4) == 0 ? Pick(random, Known) : destination == LabWorld.Hosted ? LabWorld.Remote : LabWorld.Local;
        return LabWorld.Tunnel(
            Packet(random, source, destination, mac, LabWorld.SenderMac),
            random.Next(20) == 0 ? LabWorld.Stranger : LabWorld.Host,
            (byte)(random.Next(3) == 0 ? random.Next(16) : 0),
            (byte)(random.Next(10) == 0 ? random.Next(3) : 64),
            (byte)(random.Next(6) == 0 ? 0x28 + random.Next(4) : 0x28));
    }

    private static byte[] Packet(Random random, uint source, uint destination, MacAddress to, MacAddress from)
    {
        byte ttl = (byte)(random.Next(10) == 0 ? random.Next(3) : 64), tos = (byte)random.Next(4);
        PacketBuilder packet = new PacketBuilder().Ethernet(to, from).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl, tos);

        // Few ports, either way round, so that connections are met again and answered.
        (ushort here, ushort there) = random.Next(3) == 0 ? ((ushort)53, (ushort)4000) : ((ushort)(4000 + random.Next(2)), (ushort)53);
        TcpFlags flags = random.Next(3) switch { 0 => TcpFlags.Ack, 1 => TcpFlags.Syn, _ => (TcpFlags)random.Next(32) };
        return random.Next(5) switch
        {
            0 => packet.EchoRequest(1, 1).Text("0123456789").ToBytes(),
            1 or 2 => packet.Tcp(here, there, 1, 1, flags).ToBytes(),
            _ => packet.Udp(here, there).Bytes(new byte[20]).ToBytes(),
        };
    }

    private static byte[] Mutated(Random random, byte[] frame)
    {
        if (random.Next(4) == 0)
        {
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
        }
        return random.Next(50) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }

    private static ProgramResult Run(LabWorld world, bool sends, byte[] frame, out byte[] after) =>
        sends ? world.FromEndpoint(frame, out after) : world.Transit(frame, out after);

    private static void SameRows<TKey, TValue>(LabWorld straight, LabWorld general, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Assert.Equal(general.Plane.Rows(LabWorld.Droplet, table), straight.Plane.Rows(LabWorld.Droplet, table));

    private static T Pick<T>(Random random, T[] all) => all[random.Next(all.Length)];
}
