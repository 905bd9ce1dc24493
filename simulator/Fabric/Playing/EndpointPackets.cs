using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// The frames that endpoints of a generated topology send, made on the fly from who sends to whom in which flow: UDP datagrams whose payload is virtual and whose
/// checksums are right, and ARP. Keeps nothing of any endpoint.
/// </summary>
public sealed class EndpointPackets(GeneratedTopology topology, byte ttl)
{
    /// <summary>What is in front of the payload.</summary>
    public const int HeaderBytes = Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Udp.Length;

    /// <summary>The most an IPv4 datagram holds.</summary>
    public const int MostPayload = ushort.MaxValue - Wire.Ipv4.Length - Wire.Udp.Length;

    /// <summary>Where requests go, and answers come from.</summary>
    public const ushort ServicePort = 9_000;

    private const ushort FirstEphemeral = 32_768;
    private const ulong Content = 1;

    /// <summary>Of the payload's first 2n bytes the sum of words.</summary>
    private static readonly uint[] PayloadSums = MakeSums(out PayloadBytes);
    private static readonly byte[] PayloadBytes;

    /// <summary>Largest payload that goes in one packet.</summary>
    public int LargestPayload { get; } = topology.Shape.Underlay.MtuBytes - Wire.Overhead - Wire.Ipv4.Length - Wire.Udp.Length;

    /// <summary>Whom its sender asks for: the destination itself in its own network, else the gateway.</summary>
    public Ipv4Address NextHop(EndpointId from, EndpointId to) =>
        topology.NetworkOf(from) == topology.NetworkOf(to) ? topology.AddressOf(to) : topology.Roles[topology.NetworkOf(from)].Gateway;

    /// <summary>A datagram of a flow, or of the answer to it.</summary>
    /// <param name="from">Who sends it.</param>
    /// <param name="flow">Of the one who asked.</param>
    /// <param name="isAnswer">From the one who was asked.</param>
    /// <param name="bytes">Of payload, at most <see cref="MostPayload"/>.</param>
    public void WriteDatagram(EndpointId from, EndpointId to, int flow, bool isAnswer, int bytes, ref Frame frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)MostPayload, nameof(bytes));
        (Ipv4Address source, Ipv4Address destination) = (topology.AddressOf(from), topology.AddressOf(to));
        Span<byte> headers = stackalloc byte[HeaderBytes];
        headers.Clear();
        WriteEthernet(headers, NextHopMac(from, to), topology.MacOf(from), EtherType.Ipv4);

        Span<byte> ip = headers[Wire.Ethernet.Length..];
        ip[Wire.Ipv4.VersionAndLength] = Wire.Ipv4.PlainHeader;
        Wire.Write16(ip, Wire.Ipv4.TotalLength, Wire.Ipv4.Length + Wire.Udp.Length + bytes);
        Wire.Write16(ip, Wire.Ipv4.Fragment, Wire.Ipv4.DontFragment);
        ip[Wire.Ipv4.Ttl] = ttl;
        ip[Wire.Ipv4.Protocol] = (byte)IpProtocol.Udp;
        source.Write(ip[Wire.Ipv4.Source..]);
        destination.Write(ip[Wire.Ipv4.Destination..]);
        Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.Compute(ip[..Wire.Ipv4.Length]));

        ushort port = SourcePortOf(isAnswer ? to : from, flow);
        Span<byte> udp = ip[Wire.Ipv4.Length..];
        Wire.Write16(udp, Wire.Udp.SourcePort, isAnswer ? ServicePort : port);
        Wire.Write16(udp, Wire.Udp.DestinationPort, isAnswer ? port : ServicePort);
        int length = Wire.Udp.Length + bytes;
        Wire.Write16(udp, Wire.Udp.DatagramLength, length);
        ushort sum = InternetChecksum.Finish(
            InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, length) + InternetChecksum.Sum(udp[..Wire.Udp.Length]) + SumOf(bytes));
        Wire.Write16(udp, Wire.Udp.Checksum, sum == 0 ? ushort.MaxValue : sum);
        frame.LoadVirtual(headers, bytes, Content);
    }

    /// <summary>Asks everybody for a neighbour's MAC.</summary>
    public void WriteArpRequest(EndpointId from, Ipv4Address target, ref Frame frame) => WriteArp(
        MacAddress.Broadcast, new ArpPacket(ArpOperation.Request, topology.MacOf(from), topology.AddressOf(from), MacAddress.Zero, target), ref frame);

    /// <summary>Says what its own MAC is.</summary>
    public void WriteArpReply(EndpointId from, MacAddress to, Ipv4Address address, ref Frame frame) =>
        WriteArp(to, new ArpPacket(ArpOperation.Reply, topology.MacOf(from), topology.AddressOf(from), to, address), ref frame);

    /// <summary>As mixed as stacks choose them: bouncers and ways are picked by the flow.</summary>
    private static ushort SourcePortOf(EndpointId asker, int flow) => (ushort)(FirstEphemeral + (FlowHash.Of((uint)asker.Index, (uint)flow, 0, 0) >> 17));

    private MacAddress NextHopMac(EndpointId from, EndpointId to) =>
        topology.NetworkOf(from) == topology.NetworkOf(to) ? topology.MacOf(to) : topology.Roles[topology.NetworkOf(from)].GatewayMac;

    private static void WriteArp(MacAddress to, ArpPacket packet, ref Frame frame)
    {
        Span<byte> bytes = stackalloc byte[Wire.Ethernet.Length + ArpView.Length];
        WriteEthernet(bytes, to, packet.SenderMac, EtherType.Arp);
        packet.Write(bytes[Wire.Ethernet.Length..]);
        frame.Load(bytes);
    }

    private static void WriteEthernet(Span<byte> bytes, MacAddress destination, MacAddress source, EtherType type)
    {
        destination.Write(bytes[Wire.Ethernet.Destination..]);
        source.Write(bytes[Wire.Ethernet.Source..]);
        Wire.Write16(bytes, Wire.Ethernet.Type, (ushort)type);
    }

    private static ulong SumOf(int bytes) => PayloadSums[bytes / 2] + ((bytes & 1) == 0 ? 0UL : (ulong)PayloadBytes[bytes - 1] << 8);

    private static uint[] MakeSums(out byte[] payload)
    {
        payload = new byte[MostPayload];
        VirtualPayload.Write(Content, payload);
        uint[] sums = new uint[(MostPayload / 2) + 1];
        for (int i = 1; i < sums.Length; i++)
        {
            // 32 768 words of 16 bits do not overflow 32 bits.
            sums[i] = sums[i - 1] + BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan((i - 1) * 2));
        }
        return sums;
    }
}
