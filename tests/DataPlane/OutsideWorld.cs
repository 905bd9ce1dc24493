using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// <see cref="LabWorld"/>'s droplet as the one that traffic leaves VPC 3 by: 198.51.100.9 behind slot 5 stands for the outside, packets come from 203.0.113.1, and its
/// port 80 is forwarded to port 8080 of 10.0.0.3.
/// </summary>
internal sealed class OutsideWorld
{
    public const uint Inside = LabWorld.Remote, Other = LabWorld.Local, Internet = 0xC633_6409, Peer = 0x0808_0808, Public = 0xCB00_7101;
    public const ushort FirstPort = 1_000, LastPort = 1_099;

    public static readonly MacAddress InternetMac = new(0x0600_0000_00FE);
    public static readonly AgentId Agent = new(5);

    private readonly LabWorld lab;

    public OutsideWorld(IDataPlane plane, ushort lastPort = LastPort)
    {
        lab = new LabWorld(plane);
        lab.Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(LabWorld.Own), LabWorld.MacOf(LabWorld.Own)) { HasOutside = true, MtuBytes = 1_500 });
        lab.Put(Tables.Slots, 5, new PortId(5));
        lab.PutEndpoint(Internet, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(LabWorld.Own)), 5, InternetMac) { IsOutside = true });
        lab.Put(Tables.Networks, new NetworkKey(LabWorld.Vpc, new Ipv4Prefix(Ipv4Address.Any, 0)), new NetworkValue(new AddressList(new Ipv4Address(LabWorld.Own))) { IsOutside = true });
        lab.Put(Tables.Agents, Agent, new AgentConfig(new Ipv4Address(LabWorld.Own), LabWorld.MacOf(LabWorld.Own), LabWorld.Key(Internet), new AddressList(new Ipv4Address(LabWorld.Bouncer)))
        {
            EndpointMac = InternetMac, Gateway = new Ipv4Address(0xC633_6401), GatewayMac = LabWorld.GatewayMac, IsOutside = true,
        });
        lab.Put(Tables.AgentSubstrate, new AgentSubstrateKey(Agent, new EndpointKey(Vni.Substrate, new Ipv4Address(LabWorld.Bouncer))), LabWorld.MacOf(LabWorld.Bouncer));
        lab.Put(Tables.Translators, LabWorld.Vpc, new Translator(new Ipv4Address(Internet), new Ipv4Address(Public), FirstPort, lastPort));
        lab.Put(Tables.PortForwards, new PortForwardKey(LabWorld.Key(Public), 80, IpProtocol.Tcp), new PortForward(new Ipv4Address(Inside), 8_080));
        lab.Put(Tables.PortForwards, new PortForwardKey(LabWorld.Key(Public), 0, IpProtocol.Icmp), new PortForward(new Ipv4Address(Inside), 0));
    }

    public IDataPlane Plane => lab.Plane;

    public LabWorld Lab => lab;

    public int Sessions => Plane.Rows(LabWorld.Droplet, Tables.Translations).Count;

    /// <summary>Seconds after the beginning.</summary>
    public void At(int seconds) => Plane.Now = SimTime.FromSeconds(100 + seconds);

    /// <summary>What an endpoint sends to the outside, and what comes out; empty, and why, when nothing does.</summary>
    public byte[] Leave(byte[] frame, out Reason reason)
    {
        ProgramResult result = lab.Transit(LabWorld.Tunnel(frame), out byte[] after);
        reason = result.Reason;
        return reason == Reason.Delivered && result.Slot == 5 ? after : [];
    }

    public byte[] Leave(byte[] frame)
    {
        byte[] after = Leave(frame, out Reason reason);
        Assert.Equal(Reason.Delivered, reason);
        return after;
    }

    /// <summary>What the outside sends, and the endpoint's frame that becomes of it.</summary>
    public byte[] Enter(byte[] frame, out Reason reason)
    {
        Frame run = Frame.FromBytes(frame);
        reason = Plane.Run(LabWorld.Droplet, ProgramId.Agent, Agent, ref run).Reason;
        byte[] after = run.ToBytes();
        return reason switch { Reason.ToBouncer => after[114..], Reason.IcmpError => after, _ => [] };
    }

    public byte[] Enter(byte[] frame)
    {
        byte[] after = Enter(frame, out Reason reason);
        Assert.Equal(Reason.ToBouncer, reason);
        return after;
    }

    public static PacketBuilder FromInside(uint source, uint destination, byte ttl = 64) =>
        new PacketBuilder().Ethernet(LabWorld.GatewayMac, LabWorld.SenderMac).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl);

    public static PacketBuilder FromOutside(uint source, uint destination, byte ttl = 64, Ipv4Flags flags = Ipv4Flags.None) =>
        new PacketBuilder().Ethernet(LabWorld.GatewayMac, InternetMac).Ipv4(new Ipv4Address(source), new Ipv4Address(destination), ttl, flags: flags);

    /// <summary>An ICMP error about a packet, as its last hop would send it.</summary>
    public static byte[] About(PacketBuilder error, byte type, byte code, ReadOnlySpan<byte> packet, int quoted = 28) =>
        error.EchoRequest(0, 0).Set("type", type).Set("code", code).Bytes(packet[14..(14 + quoted)]).ToBytes();

    /// <summary>Addresses and ports of a frame, <c>10.0.0.3:4000 > 8.8.8.8:53</c>; of an echo its identifier stands in the requester's place.</summary>
    public static string Ends(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> ip = frame[14..], transport = ip[20..];
        bool echo = ip[9] == 1, request = echo && transport[0] == 8;
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
        int source = !echo ? BinaryPrimitives.ReadUInt16BigEndian(transport) : request ? identifier : 0;
        int destination = !echo ? BinaryPrimitives.ReadUInt16BigEndian(transport[2..]) : request ? 0 : identifier;
        return $"{Ipv4Address.Read(ip[12..])}:{source} > {Ipv4Address.Read(ip[16..])}:{destination}";
    }

    /// <summary>Every checksum of the packet is right, that of a UDP datagram if it has one; of an error also the header of what it speaks of.</summary>
    public static void AssertChecksums(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> ip = frame[14..];
        ip = ip[..BinaryPrimitives.ReadUInt16BigEndian(ip[2..])];
        Assert.Equal(0, InternetChecksum.Compute(ip[..20]));
        ReadOnlySpan<byte> transport = ip[20..];
        Ipv4Address source = Ipv4Address.Read(ip[12..]), destination = Ipv4Address.Read(ip[16..]);
        switch (ip[9])
        {
            case 1:
                Assert.Equal(0, InternetChecksum.Compute(transport));
                if (transport[0] is not (0 or 8))
                {
                    Assert.Equal(0, InternetChecksum.Compute(transport[8..28]));
                }
                break;
            case 6:
                Assert.Equal(InternetChecksum.ComputeTcp(source, destination, transport), BinaryPrimitives.ReadUInt16BigEndian(transport[16..]));
                break;
            default:
                ushort sum = BinaryPrimitives.ReadUInt16BigEndian(transport[6..]);
                Assert.True(sum == 0 || sum == InternetChecksum.ComputeUdp(source, destination, transport), $"UDP checksum {sum:x4}");
                break;
        }
    }

    /// <summary>The frame the other way round: addresses, ports, MACs as the outside's.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> frame, TcpFlags flags = TcpFlags.Ack)
    {
        ReadOnlySpan<byte> ip = frame[14..], transport = ip[20..];
        PacketBuilder answer = FromOutside(Ipv4Address.Read(ip[16..]).Value, Ipv4Address.Read(ip[12..]).Value);
        ushort first = BinaryPrimitives.ReadUInt16BigEndian(transport), second = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        return (ip[9] switch
        {
            1 => answer.EchoReply(BinaryPrimitives.ReadUInt16BigEndian(transport[4..]), 1),
            6 => answer.Tcp(second, first, 1, 1, flags),
            _ => answer.Udp(second, first),
        }).Text("answer").ToBytes();
    }
}
