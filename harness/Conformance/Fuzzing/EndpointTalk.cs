using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// What endpoints of a plan say to each other: an ARP request or a packet to somebody or nobody, and the answer to what was delivered, so that both directions of a
/// conversation are there, with all that droplets remember of them.
/// </summary>
internal sealed class EndpointTalk(Topology topology, FuzzRandom random)
{
    private static readonly ushort[] Ports = [53, 80, 4000, 4001, 5353, 8080, 9001];

    /// <summary>A frame as this endpoint's stack sends it.</summary>
    public byte[] Begin(EndpointId from)
    {
        Endpoint self = topology[from];
        Network network = topology[self.Network];
        Ipv4Address to = Whom(from, network);
        bool near = network.IsSet || network.Cidr.Contains(to);
        if (random.Chance(1, 8))
        {
            return new PacketBuilder().Ethernet(MacAddress.Broadcast, self.Mac).ArpRequest(self.Mac, self.Address, near ? to : network.Gateway).ToBytes();
        }
        PacketBuilder packet = new PacketBuilder()
            .Ethernet(near ? MacOf(from, to) : network.GatewayMac, self.Mac)
            .Ipv4(self.Address, to, random.Chance(1, 8) ? (byte)random.Between(1, 2) : (byte)64, random.Chance(1, 5) ? (byte)random.Below(4) : (byte)0,
                flags: random.Chance(1, 2) ? Ipv4Flags.DontFragment : Ipv4Flags.None);
        byte[] payload = new byte[random.Chance(1, 8) ? random.Between(250, 600) : random.Below(30)];
        return (random.Below(6) switch
        {
            0 or 1 => packet.Udp(random.Of(Ports), random.Of(Ports)),
            2 => packet.EchoRequest((ushort)random.Below(4), random.Word()),
            _ => packet.Tcp(random.Of(Ports), random.Of(Ports), random.UInt32(), random.UInt32(), random.Of<TcpFlags>([TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Reset])),
        }).Bytes(payload).ToBytes();
    }

    /// <summary>What an endpoint answers to a frame that was delivered to it; null: nothing.</summary>
    public byte[]? Answer(EndpointId of, ReadOnlySpan<byte> delivered)
    {
        Endpoint self = topology[of];
        Network network = topology[self.Network];
        if (ArpView.TryRead(delivered.Length > EthernetView.Length ? delivered[EthernetView.Length..] : default, out ArpView arp) && delivered[12] == 8 && delivered[13] == 6)
        {
            return arp.Operation == ArpOperation.Request && arp.TargetAddress == self.Address
                ? new PacketBuilder().Ethernet(arp.SenderMac, self.Mac).ArpReply(self.Mac, self.Address, arp.SenderMac, arp.SenderAddress).ToBytes()
                : null;
        }
        if (delivered.Length < EthernetView.Length || !Ipv4View.TryRead(delivered[EthernetView.Length..], out Ipv4View ip) || ip.Destination != self.Address)
        {
            return null;
        }
        MacAddress back = network.IsSet || network.Cidr.Contains(ip.Source) ? MacAddress.Read(delivered[6..]) : network.GatewayMac;
        PacketBuilder answer = new PacketBuilder().Ethernet(back, self.Mac).Ipv4(self.Address, ip.Source, 64);
        switch (ip.Protocol)
        {
            case IpProtocol.Udp when UdpView.TryRead(ip.Payload, out UdpView udp):
                return answer.Udp(udp.DestinationPort, udp.SourcePort).Bytes(udp.Payload.ToArray()).ToBytes();
            case IpProtocol.Tcp when TcpView.TryRead(ip.Payload, out TcpView tcp) && (tcp.Flags & TcpFlags.Reset) == 0:
                TcpFlags flags = (tcp.Flags & TcpFlags.Syn) != 0 ? TcpFlags.Syn | TcpFlags.Ack : random.Of<TcpFlags>([TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Reset]);
                return answer.Tcp(tcp.DestinationPort, tcp.SourcePort, tcp.Acknowledgement, tcp.Sequence + 1, flags).ToBytes();
            case IpProtocol.Icmp when IcmpView.TryRead(ip.Payload, out IcmpView icmp) && icmp.Type == IcmpType.EchoRequest:
                return answer.EchoReply(icmp.Id, icmp.Sequence).Bytes(icmp.Payload.ToArray()).ToBytes();
            default:
                return null;
        }
    }

    private Ipv4Address Whom(EndpointId from, Network network) => random.Below(12) switch
    {
        0 => network.Gateway,
        1 => new Ipv4Address(network.Gateway.Value + 50),
        2 => topology.Networks[random.Below(topology.Networks.Length)].Gateway,
        < 6 when topology.Services.Length > 0 => topology.Services[random.Below(topology.Services.Length)].Address,
        _ => topology.Endpoints[random.Below(topology.Endpoints.Length)].Address,
    };

    /// <summary>What ARP would have said.</summary>
    private MacAddress MacOf(EndpointId from, Ipv4Address address)
    {
        VpcId vpc = topology.VpcOf(from);
        return topology.EndpointAt(vpc, address) is { } endpoint ? topology[endpoint].Mac
            : topology.ServiceAt(vpc, address) is { } service ? topology[service].Mac
            : topology[topology[from].Network].GatewayMac;
    }
}
