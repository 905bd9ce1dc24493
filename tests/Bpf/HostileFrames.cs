using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Frames on the wire of the underlay as droplets of the dialect <c>lab</c> send them, and what an attacker makes of them: every length, flag and
/// reserved bit may lie, an end may be cut off, an inner frame may be of another kind. About a third are as they should be.
/// </summary>
internal sealed class HostileFrames(int seed, bool standard)
{
    private const int Inner = 114, InnerIp = Inner + 14, Transport = InnerIp + 20;

    private static readonly ulong[] Vnis = [3, 3, 3, 3, 5, 0xFF_FFFF, 0];
    private readonly Random random = new(seed);

    /// <summary>A frame addressed to <paramref name="own"/> in most cases.</summary>
    public byte[] Next(InterfaceConfig own)
    {
        byte[] frame = Encapsulate(NextInner(), own);
        for (int lies = Chance(1, 2) ? 0 : random.Next(1, 3); lies > 0; lies--)
        {
            Lie(frame);
        }
        if (Chance(9, 10))
        {
            WriteChecksum(frame.AsSpan(14, 20));
        }
        if (Chance(1, 6))
        {
            frame = Chance(1, 2) ? frame[..random.Next(14, frame.Length + 1)] : [.. frame, .. new byte[random.Next(1, 40)]];
        }
        return frame;
    }

    /// <summary>What an endpoint sends, mostly as its agent expects it to; now and then with a lie or cut off.</summary>
    public byte[] NextFromEndpoint(in AgentConfig agent)
    {
        byte[] frame = NextInner();
        bool arp = frame[12] == 8 && frame[13] == 6;
        if (Chance(4, 5))
        {
            agent.EndpointMac.Write(frame.AsSpan(6));
            agent.Endpoint.Address.Write(frame.AsSpan(arp ? 28 : 26));
            if (arp)
            {
                agent.EndpointMac.Write(frame.AsSpan(22));
            }
        }
        if (Chance(1, 5))
        {
            frame[random.Next(14, frame.Length)] ^= (byte)(1 << random.Next(8));
        }
        if (!arp && Chance(9, 10))
        {
            WriteChecksum(frame.AsSpan(14, Math.Min(Math.Max(20, (frame[14] & 15) * 4), frame.Length - 14)));
        }
        frame = agent.IsProxied && Chance(2, 3) ? FromFunction(frame, agent) : frame;
        return Chance(1, 10) ? frame[..random.Next(14, frame.Length + 1)] : frame;
    }

    /// <summary>The same in a tunnel, as the function behind a proxied endpoint may send it.</summary>
    private byte[] FromFunction(byte[] inner, in AgentConfig agent)
    {
        byte[] frame = Encapsulate(inner, new InterfaceConfig(0, agent.NicAddress, agent.NicMac));
        if (Chance(7, 8))
        {
            agent.NicAddress.Write(frame.AsSpan(26));
        }
        if (Chance(7, 8))
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(46), agent.Endpoint.Vni.OnWire << 8);
        }
        for (int lies = Chance(2, 3) ? 0 : random.Next(1, 3); lies > 0; lies--)
        {
            Lie(frame);
        }
        if (Chance(9, 10))
        {
            WriteChecksum(frame.AsSpan(14, 20));
        }
        return frame;
    }

    /// <summary>An endpoint's frame of a small world: 10.0.0.1 to 5 and 10.0.1.1 to 5.</summary>
    public byte[] NextInner() => random.Next(8) switch
    {
        0 => Arp(),
        1 => Echo(),
        2 or 3 => Ipv4(17, Udp(random.Next(0, 60))),
        4 => Ipv4(6, Tcp(random.Next(0, 60))),
        5 => Ipv4(1, [.. new byte[8]]),
        6 => Ipv4(132, new byte[12 + random.Next(0, 20)]),
        _ => Other(),
    };

    private byte[] Other()
    {
        byte[] frame = Ipv4(17, Udp(20));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), random.Next(4) switch { 0 => 0x8100, 1 => 0x86DD, 2 => 0x88CC, _ => (ushort)random.Next(65536) });
        return frame;
    }

    private byte[] Arp()
    {
        byte[] frame = [.. Ethernet(0x0806), .. new byte[28]];
        Convert.FromHexString("000108000604").CopyTo(frame.AsSpan(14));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), (ushort)random.Next(1, 3));
        Endpoint().Write(frame.AsSpan(28));
        Endpoint().Write(frame.AsSpan(38));
        return frame;
    }

    private byte[] Echo()
    {
        byte[] icmp = [(byte)(Chance(1, 5) ? 0 : 8), 0, 0, 0, 0, 1, 0, 1, .. new byte[random.Next(0, 60)]];
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), InternetChecksum.Compute(icmp));
        return Ipv4(1, icmp);
    }

    private byte[] Udp(int payload)
    {
        byte[] udp = new byte[8 + payload];
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)random.Next(1024, 1030));
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), (ushort)random.Next(80, 83));
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        return udp;
    }

    private byte[] Tcp(int payload)
    {
        int options = random.Next(3) * 4;
        byte[] tcp = new byte[20 + options + payload];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)random.Next(1024, 1030));
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), (ushort)random.Next(80, 83));
        tcp[12] = (byte)((20 + options) / 4 << 4);
        tcp[13] = (byte)random.Next(32);
        return tcp;
    }

    private byte[] Ipv4(byte protocol, byte[] payload)
    {
        int header = Chance(1, 8) ? 20 + (4 * random.Next(1, 11)) : 20;
        byte[] frame = [.. Ethernet(0x0800), .. new byte[header], .. payload];
        Span<byte> ip = frame.AsSpan(14, header);
        ip[0] = (byte)(0x40 | (header / 4));
        ip[1] = (byte)(Chance(1, 3) ? random.Next(4) : 0);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(header + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)(random.Next(8) switch { 0 => 0x4000, 1 => 0x2000, 2 => random.Next(1, 0x2000), _ => 0 }));
        ip[8] = Chance(1, 3) ? (byte)random.Next(4) : (byte)64;
        ip[9] = protocol;
        (Chance(1, 30) ? Nobody() : Endpoint()).Write(ip[12..]);
        (Chance(1, 30) ? Nobody() : Endpoint()).Write(ip[16..]);
        WriteChecksum(ip);
        return frame;
    }

    private byte[] Ethernet(ushort type)
    {
        byte[] header = new byte[14];
        (Chance(1, 2) ? new MacAddress(0x02A5_5B00_0001) : new MacAddress((ulong)random.NextInt64(1L << 48))).Write(header);
        new MacAddress(0x6A00_0000_0000u | (uint)random.Next(4)).Write(header.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12), type);
        return header;
    }

    private byte[] Encapsulate(byte[] inner, InterfaceConfig own)
    {
        byte[] frame = [.. new byte[Inner], .. inner];
        (Chance(14, 15) ? own.Mac : HostMac()).Write(frame);
        HostMac().Write(frame.AsSpan(6));
        frame[12] = 0x08;
        Span<byte> ip = frame.AsSpan(14, 20);
        ip[0] = 0x45;
        ip[1] = (byte)(0x28 | (Chance(1, 4) ? random.Next(4) : 0));
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - 14));
        ip[8] = Chance(1, 8) ? (byte)random.Next(4) : (byte)64;
        ip[9] = 17;
        (Chance(1, 20) ? own.Address : Host()).Write(ip[12..]);
        (Chance(29, 30) ? own.Address : Host()).Write(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), (ushort)random.Next(49152, 65536));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), 6081);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)(frame.Length - 34));
        frame[42] = 16;
        frame[44] = 0x65;
        frame[45] = 0x58;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(46), (uint)Vnis[random.Next(Vnis.Length)] << 8);
        WriteOptions(frame, own);
        return frame;
    }

    private void WriteOptions(Span<byte> frame, InterfaceConfig own)
    {
        bool returned = Chance(1, 8);
        Option(frame, 50, returned ? (byte)0xC8 : (byte)0x48, 3);
        frame[43] = returned ? (byte)0x40 : (byte)0;
        frame[54] = Chance(1, 2) ? (byte)random.Next(16) : (byte)0;
        if (!Chance(1, 8))
        {
            (Chance(1, 10) ? own.Address : Host()).Write(frame[55..]);
            HostMac().Write(frame[59..]);
        }
        else if (!standard)
        {
            frame[52] = 0;
            frame[53] = 0;
        }
        Option(frame, 66, standard ? (byte)0x49 : (byte)0, standard ? (byte)7 : (byte)0);
        Option(frame, 98, 0x50, 1);
        Option(frame, 106, 0x51, 1);
    }

    private void Option(Span<byte> frame, int at, byte type, byte words)
    {
        (byte high, byte low) = standard ? ((byte)0x01, (byte)0x11) : ((byte)0x11, (byte)0x01);
        frame[at] = high;
        frame[at + 1] = low;
        frame[at + 2] = type;
        frame[at + 3] = words;
    }

    /// <summary>One field says something else than it should.</summary>
    private void Lie(Span<byte> frame)
    {
        int[] lengths = [16, 38, InnerIp + 2, Transport + 4];
        int[] bytes = [14, 20, 21, 42, 43, 49, 52, 53, 54, 68, 69, 70, 98, 101, 106, 109, Inner + 12, Inner + 13, InnerIp, InnerIp + 6, InnerIp + 7, InnerIp + 9, Transport, Transport + 12];
        switch (random.Next(7))
        {
            case 0:
                int length = lengths[random.Next(lengths.Length)];
                if (frame.Length >= length + 2)
                {
                    ushort value = BinaryPrimitives.ReadUInt16BigEndian(frame[length..]);
                    BinaryPrimitives.WriteUInt16BigEndian(frame[length..], (ushort)(Chance(1, 4) ? random.Next(65536) : value + random.Next(-20, 21)));
                }
                break;
            case 1:
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
                break;
            case 2:
                frame[40] = (byte)random.Next(256);
                break;
            case 3:
                frame[random.Next(14, frame.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 4:
                frame[InnerIp] = (byte)(0x40 | random.Next(16));
                break;
            default:
                int at = bytes[random.Next(bytes.Length)];
                if (at < frame.Length)
                {
                    frame[at] = Chance(1, 2) ? (byte)random.Next(256) : (byte)(frame[at] ^ (1 << random.Next(8)));
                }
                break;
        }
        if (Chance(1, 2) && frame.Length >= InnerIp + 20 && frame[Inner + 12] == 8)
        {
            WriteChecksum(frame.Slice(InnerIp, Math.Min(Math.Max(20, (frame[InnerIp] & 15) * 4), frame.Length - InnerIp)));
        }
    }

    private bool Chance(int part, int whole) => random.Next(whole) < part;

    private Ipv4Address Endpoint() => new(0x0A000000u + ((uint)random.Next(2) << 8) + (uint)random.Next(1, 6));

    private Ipv4Address Nobody() => new(random.Next(3) switch { 0 => 0xE000_0001u, 1 => 0xFFFF_FFFFu, _ => (uint)random.Next(1 << 24) });

    private Ipv4Address Host() => new(0xAC110000u + 11 + (uint)random.Next(9));

    private MacAddress HostMac() => new(0x0242AC110000u + (uint)random.Next(8));

    private static void WriteChecksum(Span<byte> header) =>
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.ComputeWithout(header[..(header.Length & ~1)], 10));
}
