using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Frames as endpoints send them: ARP of all kinds, and IPv4 with every transport the data plane looks at, whole and in fragments.</summary>
internal sealed class InnerFrames
{
    private readonly FuzzRandom random;
    private readonly Palette palette;
    private readonly FlowKey[] flows;
    private readonly FlowKey[] sessions;
    private readonly ServicePortKey[] services;
    private readonly PortForwardKey[] forwards;

    public InnerFrames(DropletState state, FuzzRandom random, Palette palette)
    {
        this.random = random;
        this.palette = palette;
        flows =
        [
            .. state.Of(Tables.Connections).Select(row => row.Key.Flow), .. state.Of(Tables.ForwardNat).Select(row => row.Key.Flow),
            .. state.Of(Tables.ReverseNat).Select(row => row.Key.Flow),
        ];
        sessions = [.. state.Of(Tables.Translations).Select(row => row.Key.Flow)];
        forwards = [.. state.Of(Tables.PortForwards).Select(row => row.Key)];
        services = [.. state.Of(Tables.ServicePorts).Select(row => row.Key)];
    }

    public byte[] Draw(Vni vni, Ipv4Address source, MacAddress sourceMac, Ipv4Address destination, MacAddress destinationMac)
    {
        if (random.Chance(1, 7))
        {
            return Arp(source, sourceMac, destination, destinationMac);
        }
        FlowKey flow = new(source, destination, palette.APort(random), palette.APort(random), Palette.AProtocol(random));
        if (sessions.Length > 0 && random.Chance(1, 3))
        {
            flow = random.Of(sessions);
            flow = random.Below(4) switch { 0 => flow.Reversed, 1 => flow with { SourcePort = palette.APort(random) }, _ => flow };
        }
        else if (forwards.Length > 0 && random.Chance(1, 4))
        {
            PortForwardKey forward = random.Of(forwards);
            flow = flow with { Destination = forward.Public.Address, DestinationPort = forward.Port, Protocol = forward.Protocol };
        }
        else if (flows.Length > 0 && random.Chance(1, 4))
        {
            flow = random.Of(flows);
            flow = random.Chance(1, 3) ? flow.Reversed : flow;
        }
        else if (services.Length > 0 && random.Chance(1, 4))
        {
            ServicePortKey service = random.Of(services);
            flow = flow with { Destination = service.Service.Address, DestinationPort = service.Port, Protocol = service.Protocol };
        }
        else if (random.Chance(1, 30))
        {
            flow = flow with { Destination = random.Of<Ipv4Address>([new(0xFFFF_FFFF), new(0xE000_0001), new(0x0000_0007), new(0xEFFF_FFFF), new(0xF000_0000)]) };
        }
        if (random.Chance(1, 40))
        {
            destinationMac = MacAddress.Broadcast;
        }
        return Carry(flow, sourceMac, destinationMac);
    }

    /// <summary>A packet of this flow, or an ICMP error about one of it.</summary>
    public byte[] Carry(FlowKey flow, MacAddress sourceMac, MacAddress destinationMac)
    {
        byte[]? quoted = sessions.Length > 0 && random.Chance(1, 5) ? Ipv4(new PacketBuilder().Ethernet(destinationMac, sourceMac), flow.Reversed)[14..] : null;
        return Ipv4(new PacketBuilder().Ethernet(destinationMac, sourceMac), quoted is null ? flow : flow with { Protocol = IpProtocol.Icmp }, quoted);
    }

    private byte[] Arp(Ipv4Address source, MacAddress sourceMac, Ipv4Address target, MacAddress targetMac)
    {
        PacketBuilder frame = new PacketBuilder().Ethernet(random.Chance(1, 2) ? MacAddress.Broadcast : targetMac, sourceMac);
        switch (random.Below(8))
        {
            case 0:
                frame.ArpRequest(sourceMac, Ipv4Address.Any, target);
                break;
            case 1:
                frame.ArpRequest(sourceMac, source, source);
                break;
            case 2 or 3:
                frame.ArpReply(sourceMac, source, targetMac, target);
                break;
            default:
                frame.ArpRequest(sourceMac, source, target);
                break;
        }
        return random.Chance(1, 2) ? frame.Trailer(new byte[random.Below(20)]).ToBytes() : frame.ToBytes();
    }

    /// <param name="quoted">The packet an ICMP error is about.</param>
    private byte[] Ipv4(PacketBuilder frame, in FlowKey flow, byte[]? quoted = null)
    {
        OptionBytes options = random.Chance(1, 14) ? new OptionBytes(Filled(4 * random.Between(1, 10))) : default;
        (Ipv4Flags flags, ushort units) = random.Below(14) switch
        {
            0 => (Ipv4Flags.MoreFragments, (ushort)0),
            1 => (Ipv4Flags.MoreFragments, (ushort)random.Between(1, 200)),
            2 => (Ipv4Flags.None, (ushort)random.Between(1, 8191)),
            < 7 => (Ipv4Flags.DontFragment, (ushort)0),
            _ => (Ipv4Flags.None, (ushort)0),
        };
        byte ttl = random.Below(8) switch { 0 => 1, 1 => 2, 2 => random.Byte(), _ => 64 };
        byte tos = random.Chance(1, 3) ? (byte)random.Below(4) : random.Chance(1, 8) ? random.Byte() : (byte)0;
        frame.Ipv4(flow.Source, flow.Destination, ttl, tos, random.Word(), flags, units, options);
        byte[] payload = Filled(random.Below(12) switch { 0 => 0, 1 => random.Between(100, 400), 2 => random.Between(1200, 1500), _ => random.Below(40) });
        switch (flow.Protocol)
        {
            case IpProtocol.Udp:
                frame.Udp(flow.SourcePort, flow.DestinationPort);
                if (random.Chance(1, 6))
                {
                    frame.Set("csum", random.Chance(2, 3) ? 0u : 0xFFFFu);
                }
                break;
            case IpProtocol.Tcp:
                frame.Tcp(flow.SourcePort, flow.DestinationPort, random.UInt32(), random.UInt32(), Flags(), options: random.Chance(1, 5) ? new OptionBytes(Filled(4 * random.Between(1, 5))) : default);
                break;
            case IpProtocol.Icmp when quoted is not null:
                frame.EchoRequest(0, 0).Set("type", random.Of<byte>([3, 3, 11, 11, 12, 4, 5])).Set("code", (ulong)random.Below(5));
                payload = quoted[..Math.Min(quoted.Length, random.Of([28, 28, 28, 40, 60, 27, 548]))];
                break;
            case IpProtocol.Icmp when sessions.Length > 0 && random.Chance(2, 3):
                _ = flow.SourcePort != 0 ? frame.EchoRequest(flow.SourcePort, random.Word()) : frame.EchoReply(flow.DestinationPort, random.Word());
                break;
            case IpProtocol.Icmp:
                Icmp(frame);
                break;
            default:
                frame.Set("proto", (ulong)flow.Protocol);
                payload = [(byte)(flow.SourcePort >> 8), (byte)flow.SourcePort, (byte)(flow.DestinationPort >> 8), (byte)flow.DestinationPort, .. Filled(random.Below(10) == 0 ? 0 : 8), .. payload];
                break;
        }
        frame.Bytes(payload);
        return random.Chance(1, 12) ? frame.Trailer(Filled(random.Between(1, 12))).ToBytes() : frame.ToBytes();
    }

    private void Icmp(PacketBuilder frame)
    {
        switch (random.Below(5))
        {
            case 0:
                frame.EchoReply(random.Word(), random.Word());
                break;
            case 1:
                frame.EchoRequest(0, 0).Set("type", random.Byte()).Set("code", random.Byte());
                break;
            default:
                frame.EchoRequest(random.Word(), random.Word());
                break;
        }
    }

    private TcpFlags Flags() => random.Of<TcpFlags>(
    [
        TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Push, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack,
        TcpFlags.Reset, TcpFlags.Reset | TcpFlags.Ack, TcpFlags.None, (TcpFlags)random.Byte(),
    ]);

    private byte[] Filled(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = random.Byte();
        }
        return bytes;
    }
}
