using System.Buffers.Binary;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Observation;

/// <summary>
/// Frames by plain offsets, apart from the code under test and from any codec: an observer must read what is on the wire, not what a builder thinks.
/// Checksums are left 0; no observation depends on them.
/// </summary>
internal static class TestFrames
{
    public const int OverheadBytes = 114;

    public static byte[] EchoRequest(Endpoint from, Endpoint to, ushort sequence = 1, int payload = 8) => Icmp(from, to, 8, sequence, payload);

    public static byte[] EchoReply(Endpoint from, Endpoint to, ushort sequence = 1, int payload = 8) => Icmp(from, to, 0, sequence, payload);

    public static byte[] Udp(Endpoint from, Endpoint to, ushort sourcePort, ushort destinationPort, int payload = 10)
    {
        byte[] frame = Ipv4(from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Udp, 8 + payload);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)(8 + payload));
        return frame;
    }

    public static byte[] Tcp(Endpoint from, Endpoint to, ushort sourcePort, ushort destinationPort, byte flags, uint sequence = 0, int payload = 0)
    {
        byte[] frame = Ipv4(from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Tcp, 20 + payload);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), sequence);
        frame[46] = 0x50;
        frame[47] = flags;
        return frame;
    }

    public static byte[] Arp(Endpoint from, Ipv4Address target, ushort operation = 1)
    {
        byte[] frame = new byte[42];
        MacAddress.Broadcast.Write(frame);
        from.Mac.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)EtherType.Arp);
        frame.AsSpan(14, 2).Fill(0);
        frame[15] = 1;
        frame[16] = 8;
        frame[18] = 6;
        frame[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), operation);
        from.Mac.Write(frame.AsSpan(22));
        from.Address.Write(frame.AsSpan(28));
        target.Write(frame.AsSpan(38));
        return frame;
    }

    /// <summary>The frame inside outer Ethernet, IPv4, UDP 6081 and Geneve with 64 option bytes.</summary>
    public static byte[] Encapsulate(byte[] inner, Droplet from, Droplet to, byte ttl = 64, uint vni = 3)
    {
        byte[] frame = new byte[OverheadBytes + inner.Length];
        Outer(from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Udp, ttl, frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), 1200);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), 6081);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)(frame.Length - 34));
        frame[42] = 16;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(44), (ushort)EtherType.TransparentEthernetBridging);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(46), vni << 8);
        foreach (int option in new[] { 50, 66, 98, 106 })
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(option), 0x1101);
        }
        frame[100] = 0x50;
        frame[101] = 1;
        frame[108] = 0x51;
        frame[109] = 1;
        frame[52] = 0x48;
        frame[53] = 3;
        from.Address.Write(frame.AsSpan(55));
        from.Mac.Write(frame.AsSpan(59));
        inner.CopyTo(frame, OverheadBytes);
        return frame;
    }

    /// <summary>The same encapsulation sent on to the next droplet, TTL one lower.</summary>
    public static byte[] Forward(byte[] outer, Droplet from, Droplet to)
    {
        byte[] frame = [.. outer];
        Outer(from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Udp, (byte)(outer[22] - 1), frame);
        return frame;
    }

    public static byte[] Decapsulate(byte[] outer) => outer[OverheadBytes..];

    private static byte[] Icmp(Endpoint from, Endpoint to, byte type, ushort sequence, int payload)
    {
        byte[] frame = Ipv4(from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Icmp, 8 + payload);
        frame[34] = type;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(40), sequence);
        return frame;
    }

    private static byte[] Ipv4(MacAddress source, MacAddress destination, Ipv4Address from, Ipv4Address to, IpProtocol protocol, int body)
    {
        byte[] frame = new byte[34 + body];
        Outer(source, destination, from, to, protocol, 64, frame);
        return frame;
    }

    private static void Outer(MacAddress source, MacAddress destination, Ipv4Address from, Ipv4Address to, IpProtocol protocol, byte ttl, byte[] frame)
    {
        destination.Write(frame);
        source.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)EtherType.Ipv4);
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)(frame.Length - 14));
        frame[22] = ttl;
        frame[23] = (byte)protocol;
        from.Write(frame.AsSpan(26));
        to.Write(frame.AsSpan(30));
    }
}
