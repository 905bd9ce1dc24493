using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// A random droplet in the midst of services: it may host clients and backends, bounce for services and divide between two networks, all at once. Frames are
/// those of connections between a few clients, services and backends, in every stage of their way and of their life, some of them damaged. The clock goes on
/// between frames, by steps about as long as the time-outs.
/// </summary>
internal sealed class RandomServices(int seed, DataPlaneSettings settings)
{
    private static readonly DropletId Droplet = new(0);
    private static readonly Vni Vpc = new(3), OtherVpc = new(5);
    private static readonly ushort[] ServicePortsUsed = [80, 9000, 53];
    private static readonly ushort[] TargetPorts = [80, 8080, 0];
    private static readonly ushort[] ClientPorts = [40_000, 40_001, 80];
    private static readonly byte[] TcpFlags = [0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x01];

    private readonly Random random = new(seed);
    private readonly ModelDataPlane encapsulator = new(1, settings with { On = settings.On & ~Switches.SourceValidation & ~Switches.LoopGuard });
    private SimTime now = SimTime.FromSeconds(1);

    private InterfaceConfig Own { get; set; }

    public void Write(ReadOnlySpan<IDataPlane> planes)
    {
        Both both = new(planes.ToArray());
        Own = new InterfaceConfig(0, Host(0), HostMac(0));
        both.Put(Tables.Interface, 0, Own);
        for (int slot = 0; slot < 8; slot++)
        {
            if (slot == 0 ? Chance(30, 31) : Chance(7, 8))
            {
                both.Put(Tables.Slots, slot, new PortId(slot));
            }
        }
        both.Put(Tables.AgentSlots, 0, PortId.Nic);
        if (Chance(15, 16))
        {
            both.Put(Tables.Stages, StageSlot.ScaledEndpoint, Chance(30, 31) ? StageProgram.ScaledEndpoint : StageProgram.Pass);
        }
        for (int host = 0; host < 6; host++)
        {
            if (Chance(9, 10))
            {
                both.Put(Tables.Endpoints, new EndpointKey(Vni.Substrate, Host(host)), new EndpointValue(EndpointType.Substrate, default, -1, HostMac(host)));
            }
            both.Put(Tables.Peers, Host(host), PeerState.Healthy);
        }
        WriteEndpoints(both);
        WriteRoutes(both);
        for (int agent = 1; agent < 5; agent++)
        {
            both.Put(Tables.Agents, new AgentId(agent), Agent(agent));
            for (int host = 0; host < 6; host++)
            {
                both.Put(Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(agent), new EndpointKey(Vni.Substrate, Host(host))), HostMac(host));
            }
        }
        for (int i = random.Next(4); i > 0; i--)
        {
            both.Put(Chance(1, 2) ? Tables.ForwardNat : Tables.ReverseNat, NatKey(), NatValue());
        }
    }

    /// <summary>Lets time pass, about as much as entries live.</summary>
    public SimTime Advance() => now += Chance(1, 2) ? SimTime.FromMilliseconds(random.Next(20)) : SimTime.FromMilliseconds(random.Next(4_000));

    /// <summary>The next frame, and the program it is for.</summary>
    public (ProgramId Program, AgentId Agent, byte[] Frame) Frame()
    {
        int agent = random.Next(1, 5);
        byte[] inner = Inner(agent);
        if (Chance(1, 3))
        {
            return (ProgramId.Agent, new AgentId(agent), Damaged(inner));
        }
        byte[] outer = Encapsulated(inner, agent);
        return (ProgramId.Transit, new AgentId(agent), Damaged(outer));
    }

    private void WriteEndpoints(in Both both)
    {
        for (int i = 0; i < 12; i++)
        {
            if (!Chance(5, 6))
            {
                continue;
            }
            bool hosted = Chance(1, 2);
            EndpointValue simple = new(EndpointType.Simple, new AddressList(hosted ? Own.Address : Host(random.Next(6))), hosted ? 1 + (i % 7) : -1, Mac(i))
            {
                HasIngressPolicy = Chance(1, 8),
                HasEgressPolicy = Chance(1, 8),
            };
            both.Put(Tables.Endpoints, new EndpointKey(AnyVni(), Endpoint(i)), simple);
        }
        for (int service = 0; service < 2; service++)
        {
            if (!Chance(7, 8))
            {
                continue;
            }
            EndpointKey key = new(AnyVni(), Service(service));
            both.Put(Tables.Endpoints, key, new EndpointValue(EndpointType.Scaled, Backends(), Chance(1, 20) ? 5 : -1, Mac(100 + service)));
            foreach (ushort port in ServicePortsUsed)
            {
                foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp])
                {
                    if (Chance(3, 4))
                    {
                        both.Put(Tables.ServicePorts, new ServicePortKey(key, port, protocol), Pick(TargetPorts));
                    }
                }
            }
            if (Chance(1, 2))
            {
                both.Put(Tables.ServicePorts, new ServicePortKey(key, 0, IpProtocol.Icmp), Pick(TargetPorts));
            }
        }
    }

    private void WriteRoutes(in Both both)
    {
        foreach (uint network in (uint[])[0x0A000000, 0x0A000100])
        {
            if (Chance(1, 2))
            {
                both.Put(Tables.Networks, new NetworkKey(AnyVni(), new Ipv4Prefix(new Ipv4Address(network), 24)), new NetworkValue(Hosts())
                {
                    Gateway = new Ipv4Address(network + 1),
                    GatewayMac = Mac(90),
                    IsGuarded = Chance(1, 4),
                });
            }
        }
        if (Chance(2, 3))
        {
            both.Put(Tables.Vpcs, Vpc, Hosts());
        }
        for (int i = random.Next(4); i > 0; i--)
        {
            int host = random.Next(6);
            both.Put(Tables.DirectPath, new EndpointKey(AnyVni(), AnyEndpoint()), new CachedHost(new HostAddress(Host(host), HostMac(host))) { Crosses = Chance(1, 2) });
        }
    }

    private AgentConfig Agent(int agent) =>
        new(Own.Address, Own.Mac, new EndpointKey(Vpc, Endpoint(agent)), Chance(1, 2) ? new AddressList(Own.Address) : Hosts())
        {
            EndpointMac = Mac(agent),
            Gateway = new Ipv4Address(0x0A000001),
            GatewayMac = Mac(90),
            HasEgressPolicy = Chance(1, 8),
            HasIngressPolicy = Chance(1, 8),
        };

    /// <summary>A packet of some connection: to a service, to a backend as it was translated, or an answer.</summary>
    private byte[] Inner(int agent)
    {
        bool answer = Chance(1, 3);
        Ipv4Address client = Endpoint(agent), other = Chance(2, 3) ? Service(random.Next(2)) : AnyEndpoint();
        if (answer)
        {
            other = AnyEndpoint();
        }
        ushort clientPort = Pick(ClientPorts), otherPort = answer ? Pick(TargetPorts) : Pick(ServicePortsUsed);
        byte[] frame = random.Next(10) switch
        {
            0 => Arp(agent, client, other),
            1 => Icmp(agent, answer ? other : client, answer ? client : other),
            < 5 => Segment(agent, IpProtocol.Tcp, answer, client, other, clientPort, otherPort),
            _ => Segment(agent, IpProtocol.Udp, answer, client, other, clientPort, otherPort),
        };
        return frame;
    }

    private byte[] Segment(int agent, IpProtocol protocol, bool answer, Ipv4Address client, Ipv4Address other, ushort clientPort, ushort otherPort)
    {
        int payload = random.Next(20), header = protocol == IpProtocol.Tcp ? 20 : 8;
        byte[] transport = new byte[header + payload];
        random.NextBytes(transport.AsSpan(header));
        BinaryPrimitives.WriteUInt16BigEndian(transport, answer ? otherPort : clientPort);
        BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(2), answer ? clientPort : otherPort);
        (Ipv4Address source, Ipv4Address destination) = answer ? (other, client) : (client, other);
        if (protocol == IpProtocol.Tcp)
        {
            transport[12] = 0x50;
            transport[13] = Pick(TcpFlags);
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(16), InternetChecksum.ComputeTcp(source, destination, transport));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(4), (ushort)transport.Length);
            ushort checksum = random.Next(8) switch
            {
                0 => (ushort)0,
                1 => (ushort)random.Next(65536),
                2 => (ushort)65535,
                _ => InternetChecksum.ComputeUdp(source, destination, transport),
            };
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(6), checksum);
        }
        return Ipv4(answer ? random.Next(12) : agent, protocol, source, destination, transport);
    }

    private byte[] Icmp(int agent, Ipv4Address source, Ipv4Address destination)
    {
        byte[] icmp = new byte[8 + random.Next(12)];
        icmp[0] = Chance(2, 3) ? (byte)8 : (byte)random.Next(13);
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), InternetChecksum.ComputeWithout(icmp, 2));
        return Ipv4(agent, IpProtocol.Icmp, source, destination, icmp);
    }

    private byte[] Ipv4(int sender, IpProtocol protocol, Ipv4Address source, Ipv4Address destination, byte[] transport)
    {
        int options = Chance(1, 12) ? 4 * random.Next(1, 4) : 0;
        byte[] frame = new byte[14 + 20 + options + transport.Length];
        Mac(Chance(1, 2) ? 90 : random.Next(12)).Write(frame);
        Mac(sender).Write(frame.AsSpan(6));
        frame[12] = 8;
        Span<byte> ip = frame.AsSpan(14);
        ip[0] = (byte)(0x45 + (options / 4));
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - 14));
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], random.Next(12) switch { 0 => (ushort)0x2000, 1 => (ushort)random.Next(1, 0x2000), 2 => (ushort)0x4000, _ => (ushort)0 });
        ip[8] = Chance(1, 8) ? (byte)random.Next(1, 3) : (byte)64;
        ip[9] = (byte)protocol;
        source.Write(ip[12..]);
        destination.Write(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.ComputeWithout(ip[..(20 + options)], 10));
        transport.CopyTo(ip[(20 + options)..]);
        return frame;
    }

    /// <summary>Replies to a scaled endpoint, which its stage takes for IPv4, are among them.</summary>
    private byte[] Arp(int agent, Ipv4Address sender, Ipv4Address target)
    {
        byte[] frame = new byte[42];
        Mac(90).Write(frame);
        Mac(agent).Write(frame.AsSpan(6));
        frame[12] = 8;
        frame[13] = 6;
        ((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4, 0, (byte)random.Next(1, 3)]).CopyTo(frame.AsSpan(14));
        Mac(agent).Write(frame.AsSpan(22));
        if (Chance(1, 2))
        {
            frame[23] = Chance(1, 2) ? (byte)17 : (byte)1;
        }
        sender.Write(frame.AsSpan(28));
        target.Write(frame.AsSpan(38));
        return frame;
    }

    /// <summary>On the wire to this droplet, as an agent of these settings sends it; perhaps turned round by a stage, or on its way on.</summary>
    private byte[] Encapsulated(byte[] inner, int agent)
    {
        int from = Chance(1, settings.Has(Switches.TrustedPeers) ? 20 : 4) ? 0 : random.Next(1, 6);
        encapsulator.Put(Droplet, Tables.AgentSlots, 0, PortId.Nic);
        encapsulator.Put(Droplet, Tables.Interface, 0, new InterfaceConfig(0, Host(9), HostMac(9)));
        AgentConfig config = new(Host(from), HostMac(from), new EndpointKey(AnyVni(), Endpoint(agent)), new AddressList(Host(8))) { EndpointMac = MacAddress.Read(inner.AsSpan(6)) };
        encapsulator.Put(Droplet, Tables.Agents, new AgentId(1), config);
        encapsulator.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(Vni.Substrate, Host(8))), Own.Mac);
        Frame frame = MizarLab.Packets.Frame.FromBytes(inner);
        ProgramResult sent = encapsulator.Run(Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        byte[] outer = frame.ToBytes();
        if (sent.Verdict != Verdict.Redirect || outer.Length < 114)
        {
            return outer.Length < 14 ? [.. outer, .. new byte[14]] : outer;
        }
        Own.Address.Write(outer.AsSpan(30));
        if (Chance(1, 8))
        {
            outer[22] = (byte)random.Next(1, 3);
        }
        if (Chance(1, 3))
        {
            Modify(outer, inner);
        }
        else if (Chance(1, 4))
        {
            ResetRts(outer);
        }
        if (Chance(1, 6))
        {
            outer[54] = (byte)random.Next(16);
        }
        BinaryPrimitives.WriteUInt16BigEndian(outer.AsSpan(24), InternetChecksum.ComputeWithout(outer.AsSpan(14, 20), 10));
        return outer;
    }

    private void Modify(Span<byte> outer, ReadOnlySpan<byte> inner)
    {
        if (Chance(7, 8))
        {
            ResetRts(outer);
        }
        outer[68] = Chance(20, 21) ? (byte)0x49 : (byte)0;
        outer[69] = 7;
        outer[70] = Chance(20, 21) ? (byte)0x4D : (byte)0;
        (inner.Length >= 34 && Chance(15, 16) ? Ipv4Address.Read(inner[26..]) : AnyEndpoint()).Write(outer[71..]);
        AnyEndpoint().Write(outer[75..]);
        BinaryPrimitives.WriteUInt16BigEndian(outer[79..], inner.Length >= 36 ? BinaryPrimitives.ReadUInt16BigEndian(inner[34..]) : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(outer[81..], Pick(TargetPorts));
        inner.Slice(6, 6).CopyTo(outer[83..]);
        inner[..6].CopyTo(outer[89..]);
        if (Chance(1, 8))
        {
            outer[95] = (byte)random.Next(256);
        }
    }

    private void ResetRts(Span<byte> outer)
    {
        outer[55..66].Clear();
        if (!settings.Has(Switches.StandardOptions))
        {
            outer[52] = 0;
            outer[53] = 0;
        }
    }

    private byte[] Damaged(byte[] frame)
    {
        if (Chance(1, 8))
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }
        return Chance(1, 12) ? frame[..random.Next(14, frame.Length + 1)] : frame;
    }

    private NatKey NatKey()
    {
        bool reverse = Chance(1, 2);
        FlowKey flow = new(Endpoint(random.Next(1, 5)), Service(random.Next(2)), Pick(ClientPorts), Pick(ServicePortsUsed), Chance(1, 2) ? IpProtocol.Tcp : IpProtocol.Udp);
        return new NatKey(settings.Has(Switches.VniInNatKeys) ? AnyVni() : default, reverse ? new FlowKey(AnyEndpoint(), flow.Source, Pick(TargetPorts), flow.SourcePort, flow.Protocol) : flow);
    }

    private NatValue NatValue() => new(AnyEndpoint(), AnyEndpoint(), Pick(ClientPorts), Pick(TargetPorts), Mac(random.Next(12)), Mac(random.Next(12)))
    {
        State = settings.Has(Switches.ConnectionState) ? (NatState)random.Next(8) : NatState.None,
        Seen = settings.Has(Switches.ConnectionState) ? LabClock.Ticks(now) : 0,
    };

    private AddressList Hosts()
    {
        Ipv4Address[] all = new Ipv4Address[random.Next(8) switch { 0 => 0, 1 => 128, _ => random.Next(1, 6) }];
        foreach (ref Ipv4Address address in all.AsSpan())
        {
            address = Host(random.Next(6));
        }
        return new AddressList(all);
    }

    private AddressList Backends()
    {
        Ipv4Address[] all = new Ipv4Address[random.Next(8) switch { 0 => 0, 1 => 128, _ => random.Next(1, 6) }];
        foreach (ref Ipv4Address address in all.AsSpan())
        {
            address = Chance(1, 12) ? Service(random.Next(2)) : AnyEndpoint();
        }
        return new AddressList(all);
    }

    private bool Chance(int part, int whole) => random.Next(whole) < part;

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private Vni AnyVni() => Chance(11, 12) ? Vpc : OtherVpc;

    private Ipv4Address AnyEndpoint() => Endpoint(random.Next(12));

    /// <summary>0 to 7 in one network, the others in another.</summary>
    private static Ipv4Address Endpoint(int index) => new(0x0A000002 + (uint)index + (index < 8 ? 0u : 0x100u));

    private static Ipv4Address Service(int index) => new(index == 0 ? 0x0A000064u : 0x0A000164u);

    private static Ipv4Address Host(int index) => new(0xAC11000Bu + (uint)index);

    private static MacAddress HostMac(int index) => new(0x0242AC11000Bul + (ulong)index);

    private static MacAddress Mac(int index) => new(0x6A0000000000ul + (ulong)index);

    private readonly struct Both(IDataPlane[] planes)
    {
        public void Put<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            foreach (IDataPlane plane in planes)
            {
                plane.Put(Droplet, table, key, value);
            }
        }
    }
}
