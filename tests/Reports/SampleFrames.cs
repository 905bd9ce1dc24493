using System.Buffers.Binary;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Reports;

/// <summary>Frames written by offsets, so that what a report reads from them is not what the same codec wrote.</summary>
internal static class SampleFrames
{
    public const int Overhead = 114;

    public static byte[] Echo(Endpoint from, Endpoint to, MacAddress next, bool reply, ushort sequence)
    {
        byte[] frame = new byte[98];
        Ipv4(frame, from.Mac, next, from.Address, to.Address, IpProtocol.Icmp, 64, 0);
        frame[34] = (byte)(reply ? 0 : 8);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), 0x4d5a);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(40), sequence);
        for (int i = 42; i < frame.Length; i++)
        {
            frame[i] = (byte)i;
        }
        Checksum(frame, 34, frame.Length - 34, 36);
        return frame;
    }

    public static byte[] Arp(Endpoint from, Ipv4Address target, MacAddress? answer = null)
    {
        byte[] frame = new byte[42];
        (answer is null ? MacAddress.Broadcast : answer.Value).Write(frame);
        from.Mac.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)EtherType.Arp);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(14), 0x0001_0800_0604_0001);
        from.Mac.Write(frame.AsSpan(22));
        from.Address.Write(frame.AsSpan(28));
        target.Write(frame.AsSpan(38));
        return frame;
    }

    /// <summary>Inside outer Ethernet, IPv4, UDP and Geneve with Mizar's 64 option bytes.</summary>
    public static byte[] Encapsulate(byte[] inner, Droplet from, Droplet to, uint vni)
    {
        byte[] frame = new byte[Overhead + inner.Length];
        Ipv4(frame, from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Udp, 64, 0x28);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), 5048);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), 6081);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)(frame.Length - 34));
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(42), 0x1000_6558_0000_0000 | (ulong)vni << 8);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(50), 0x1101_4803);
        from.Address.Write(frame.AsSpan(55));
        from.Mac.Write(frame.AsSpan(59));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(66), 0x1101_0000);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(98), 0x1101_5001);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(106), 0x1101_5101);
        inner.CopyTo(frame, Overhead);
        return frame;
    }

    /// <summary>What a bouncer or divider does: new outer addresses, TTL one less.</summary>
    public static byte[] Forward(byte[] frame, Droplet from, Droplet to)
    {
        byte[] sent = [.. frame];
        Ipv4(sent, from.Mac, to.Mac, from.Address, to.Address, IpProtocol.Udp, (byte)(frame[22] - 1), 0x28);
        return sent;
    }

    private static void Ipv4(byte[] frame, MacAddress source, MacAddress destination, Ipv4Address from, Ipv4Address to, IpProtocol protocol, byte ttl, byte tos)
    {
        destination.Write(frame);
        source.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)EtherType.Ipv4);
        frame[14] = 0x45;
        frame[15] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)(frame.Length - 14));
        frame[22] = ttl;
        frame[23] = (byte)protocol;
        from.Write(frame.AsSpan(26));
        to.Write(frame.AsSpan(30));
        Checksum(frame, 14, 20, 24);
    }

    private static void Checksum(byte[] frame, int offset, int length, int at)
    {
        frame[at] = frame[at + 1] = 0;
        uint sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += (uint)frame[offset + i] << (i % 2 == 0 ? 8 : 0);
        }
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)~((sum & 0xFFFF) + (sum >> 16)));
    }
}
