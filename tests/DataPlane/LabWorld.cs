using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// One droplet of the dialect <c>lab</c> in every role: 172.17.0.21 bounces for 10.0.0.0/24 of VPC 3, divides 10.0.20.0/24, and hosts 10.0.0.9 behind slot 2, whose
/// agent sends to the bouncer .22. Peers are .12 (the host of 10.0.0.3), .22 and .23.
/// </summary>
internal sealed class LabWorld
{
    public const uint Own = 0xAC11_0015, Host = 0xAC11_000C, Bouncer = 0xAC11_0016, Divider = 0xAC11_0017, Stranger = 0xAC11_0063;
    public const uint Remote = 0x0A00_0003, Hosted = 0x0A00_0009, Gateway = 0x0A00_0001, Local = 0x0A00_0002, Unknown = 0x0A00_0063;
    public const uint Far = 0x0A00_1403, FarGateway = 0x0A00_1401;

    public static readonly DropletId Droplet = new(0);
    public static readonly Vni Vpc = new(3);
    public static readonly MacAddress RemoteMac = new(0x0600_0000_0003), HostedMac = new(0x0600_0000_0009), SenderMac = new(0x0600_0000_0002);
    public static readonly MacAddress GatewayMac = new(0x02A5_5B00_0001);
    public static readonly AgentId Agent = new(2);

    public LabWorld(Switches on = Switches.All, int errors = 100)
        : this(new ModelDataPlane(1, DataPlaneSettings.Lab with { On = on, IcmpErrorsPerSecond = errors }))
    {
    }

    /// <summary>Writes the world into a data plane of one droplet.</summary>
    public LabWorld(IDataPlane plane)
    {
        Plane = plane;
        Plane.Now = SimTime.FromSeconds(100);
        Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(Own), MacOf(Own)));
        Put(Tables.Slots, 0, PortId.Nic);
        Put(Tables.Slots, 2, new PortId(2));
        Put(Tables.AgentSlots, 0, PortId.Nic);
        foreach (uint peer in (uint[])[Host, Bouncer, Divider])
        {
            Put(Tables.Peers, new Ipv4Address(peer), PeerState.Healthy);
            Put(Tables.Endpoints, new EndpointKey(Vni.Substrate, new Ipv4Address(peer)), new EndpointValue(EndpointType.Substrate, default, -1, MacOf(peer)));
        }
        PutEndpoint(Remote, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(Host)), -1, RemoteMac));
        PutEndpoint(Hosted, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(Own)), 2, HostedMac));
        PutEndpoint(Gateway, new EndpointValue(EndpointType.Gateway, new AddressList(new Ipv4Address(Own)), -1, GatewayMac));
        PutEndpoint(Local, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(Host)), -1, SenderMac));
        PutNetwork(0x0A00_0000, Gateway);
        PutNetwork(0x0A00_1400, FarGateway);
        Put(Tables.Agents, Agent, new AgentConfig(new Ipv4Address(Own), MacOf(Own), new EndpointKey(Vpc, new Ipv4Address(Hosted)), new AddressList(new Ipv4Address(Bouncer)))
        {
            EndpointMac = HostedMac, Gateway = new Ipv4Address(Gateway), GatewayMac = GatewayMac,
        });
        Put(Tables.AgentSubstrate, new AgentSubstrateKey(Agent, new EndpointKey(Vni.Substrate, new Ipv4Address(Bouncer))), MacOf(Bouncer));
    }

    public IDataPlane Plane { get; }

    /// <summary>The data plane of a world that is the model's.</summary>
    public ModelDataPlane Model => (ModelDataPlane)Plane;

    public static MacAddress MacOf(uint droplet) => new(0x0242_0000_0000u | droplet);

    public void Put<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Plane.Put(Droplet, table, key, value);

    public void PutEndpoint(uint address, EndpointValue value) => Put(Tables.Endpoints, Key(address), value);

    public void PutNetwork(uint prefix, uint gateway, bool guarded = false) => Put(
        Tables.Networks,
        new NetworkKey(Vpc, new Ipv4Prefix(new Ipv4Address(prefix), 24)),
        new NetworkValue(new AddressList(new Ipv4Address(Bouncer))) { Gateway = new Ipv4Address(gateway), GatewayMac = GatewayMac, IsGuarded = guarded });

    /// <summary>A direct-path entry as it would be learned now, or was <paramref name="secondsAgo"/>.</summary>
    public void PutDirectPath(uint endpoint, uint host, double secondsAgo = 0, bool crosses = true) => Put(
        Tables.DirectPath,
        Key(endpoint),
        new CachedHost(new HostAddress(new Ipv4Address(host), MacOf(host))) { Crosses = crosses, Seen = LabClock.Ticks(Plane.Now) - (uint)(secondsAgo * 1e9 / (1 << 20)) });

    public static EndpointKey Key(uint address) => new(Vpc, new Ipv4Address(address));

    /// <summary>Runs transit; the frame after it is in <paramref name="after"/>.</summary>
    public ProgramResult Transit(byte[] frame, out byte[] after) => Run(ProgramId.Transit, default, frame, out after);

    public Reason Transit(byte[] frame) => Transit(frame, out _).Reason;

    public ProgramResult FromEndpoint(byte[] frame, out byte[] after) => Run(ProgramId.Agent, Agent, frame, out after);

    public CachedHost? Learned(uint endpoint) =>
        Plane.Rows(Droplet, Tables.DirectPath).Where(row => row.Key == Key(endpoint)).Select(row => (CachedHost?)row.Value).FirstOrDefault();

    public ulong Drops(Reason reason) => Plane.Rows(Droplet, Tables.Drops).Where(row => row.Key == (int)reason).Select(row => row.Value).FirstOrDefault();

    /// <summary>An endpoint's UDP datagram of 20 bytes, to the gateway's MAC unless told otherwise.</summary>
    public static byte[] Udp(uint source, uint destination, byte ttl = 64, MacAddress? to = null, byte tos = 0, int payload = 20) =>
        new PacketBuilder().Ethernet(to ?? GatewayMac, SenderMac).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl, tos).Udp(4000, 53).Bytes(new byte[payload]).ToBytes();

    public static byte[] Ping(uint source, uint destination, byte ttl = 64) =>
        new PacketBuilder().Ethernet(GatewayMac, SenderMac).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl).EchoRequest(1, 1).Text("0123456789").ToBytes();

    public static byte[] ArpRequest(uint sender, uint target) =>
        new PacketBuilder().Ethernet(MacAddress.Broadcast, SenderMac).ArpRequest(SenderMac, new Ipv4Address(sender), new Ipv4Address(target)).ToBytes();

    /// <summary>The frame in a tunnel of <c>lab</c> from a droplet to this one; flags are the byte at 54.</summary>
    public static byte[] Tunnel(byte[] inner, uint from = Host, byte flags = 0, byte ttl = 64, byte tos = 0x28, bool standard = true)
    {
        byte[] frame = [.. new byte[114], .. inner];
        MacOf(Own).Write(frame);
        MacOf(from).Write(frame.AsSpan(6));
        frame[12] = 8;
        frame[14] = 0x45;
        frame[15] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)(frame.Length - 14));
        frame[22] = ttl;
        frame[23] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(26), from);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(30), Own);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), 50000);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), 6081);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)(frame.Length - 34));
        Convert.FromHexString("1000655800000300").CopyTo(frame.AsSpan(42));
        string options = standard ? "01114803 01114907 01115001 01115101" : "11014803 11010000 11015001 11015101";
        string[] heads = options.Split(' ');
        (int At, int Index)[] places = [(50, 0), (66, 1), (98, 2), (106, 3)];
        foreach ((int at, int index) in places)
        {
            Convert.FromHexString(heads[index]).CopyTo(frame.AsSpan(at));
        }
        frame[54] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(55), from);
        MacOf(from).Write(frame.AsSpan(59));
        return WithChecksum(frame);
    }

    /// <summary>The frame as <paramref name="change"/> leaves it, its outer checksum right.</summary>
    public static byte[] But(byte[] frame, Action<byte[]> change)
    {
        byte[] changed = [.. frame];
        change(changed);
        return WithChecksum(changed);
    }

    private static byte[] WithChecksum(byte[] frame)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), InternetChecksum.ComputeWithout(frame.AsSpan(14, 20), 10));
        return frame;
    }

    private ProgramResult Run(ProgramId program, AgentId agent, byte[] frame, out byte[] after)
    {
        Frame run = Frame.FromBytes(frame);
        ProgramResult result = Plane.Run(Droplet, program, agent, ref run);
        after = run.ToBytes();
        return result;
    }
}
