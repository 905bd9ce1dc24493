using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

/// <summary>
/// Random frames that reach far into a decoder: noise alone, valid frames of every kind, and those mutated, cut and lengthened. The
/// same seed gives the same frames.
/// </summary>
internal sealed class RandomFrames(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Only ports nobody else's decoder claims.</summary>
    public bool QuietPorts { get; init; }

    public byte[] Next()
    {
        byte[] frame = random.Next(8) == 0 ? Noise(random.Next(200)) : Valid().ToBytes();
        return random.Next(3) == 0 ? frame : Mutate(frame);
    }

    /// <summary>A well-formed frame of any kind, the lengths and checksums right.</summary>
    public PacketBuilder Valid(int depth = 0)
    {
        PacketBuilder packet = new PacketBuilder().Ethernet(Mac(), Mac());
        for (int tags = random.Next(6) == 0 ? random.Next(1, 3) : 0; tags > 0; tags--)
        {
            packet.Vlan((ushort)random.Next(4096), (byte)random.Next(8), random.Next(2) == 0);
        }
        int kind = random.Next(12);
        if (kind == 0)
        {
            packet.Arp(new ArpPacket((ArpOperation)random.Next(1, 3), Mac(), Address(), Mac(), Address()));
            return random.Next(2) == 0 ? packet : packet.Trailer(Noise(18));
        }
        if (kind == 1)
        {
            return packet.Bytes(Noise(random.Next(60)));
        }
        Ipv4(packet);
        Transport(packet, kind, depth);
        return random.Next(5) == 0 ? packet.Trailer(Noise(random.Next(12))) : packet;
    }

    public byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public MacAddress Mac() => new((ulong)random.NextInt64(1L << 48));

    public Ipv4Address Address() => new((uint)random.NextInt64(1L << 32));

    public MizarOptions MizarOptions() => new(
        random.Next(4) == 0 ? null : new RtsOption(Address(), Mac(), random.Next(2) == 0),
        random.Next(2) == 0 ? null : new ScaledOption(Address(), Address(), Word(), Word(), Mac(), Mac()),
        random.Next(2) == 0 ? 0 : (uint)random.NextInt64(1L << 32),
        random.Next(2) == 0 ? 0 : (uint)random.NextInt64(1L << 32));

    private ushort Port() => (ushort)(QuietPorts ? random.Next(40_000, 41_000) : random.Next(65536));

    private ushort Word() => (ushort)random.Next(65536);

    private void Ipv4(PacketBuilder packet)
    {
        OptionBytes options = random.Next(6) switch
        {
            0 => new OptionBytes([148, 4, 0, 0]),
            1 => new OptionBytes([1, 7, 11, 4, .. Noise(8), 0]),
            _ => default,
        };
        Ipv4Flags flags = random.Next(3) == 0 ? Ipv4Flags.DontFragment : Ipv4Flags.None;
        packet.Ipv4(Address(), Address(), (byte)random.Next(1, 256), (byte)random.Next(256), Word(), flags, 0, options);
    }

    private void Transport(PacketBuilder packet, int kind, int depth)
    {
        switch (kind)
        {
            case 2 or 3:
                packet.Icmp(random.Next(2) == 0 ? IcmpHeader.EchoRequest(Word(), Word()) : IcmpHeader.EchoReply(Word(), Word())).Bytes(Payload());
                break;
            case 4:
                packet.Icmp(random.Next(2) == 0 ? IcmpHeader.TimeExceeded() : IcmpHeader.FragmentationNeeded(Word()));
                Ipv4(packet);
                packet.Udp(Port(), Port()).Bytes(Noise(random.Next(8)));
                break;
            case 5 or 6:
                packet.Tcp(Port(), Port(), (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32), (TcpFlags)random.Next(256), Word(), TcpOptions()).Bytes(Payload());
                break;
            case 7:
                packet.Set("proto", (ulong)random.Next(100, 256)).Bytes(Payload());
                break;
            case >= 8 and <= 10 when depth < 2:
                packet.Udp(Port(), GeneveView.UdpPort);
                Geneve(packet);
                packet.Bytes(Valid(depth + 1).ToBytes());
                break;
            default:
                packet.Udp(Port(), Port()).Bytes(Payload());
                break;
        }
    }

    private void Geneve(PacketBuilder packet)
    {
        packet.Geneve(new Vni((ulong)random.Next(1 << 24)));
        switch (random.Next(4))
        {
            case 0:
                for (int options = random.Next(4); options > 0; options--)
                {
                    packet.GeneveOption(Word(), (byte)random.Next(256), Noise(4 * random.Next(4)));
                }
                break;
            case 1:
                packet.Mizar(MizarOptions(), MizarCodec.Rfc8926);
                break;
            default:
                packet.Mizar(MizarOptions(), MizarCodec.FixedLayout);
                break;
        }
    }

    private OptionBytes TcpOptions() => random.Next(4) switch
    {
        0 => new OptionBytes([2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2]),
        1 => new OptionBytes([1, 1, 8, 10, .. Noise(8)]),
        2 => new OptionBytes([1, 1, 5, 18, .. Noise(16), 0x1e, 4, 1, 2]),
        _ => default,
    };

    private byte[] Payload() => random.Next(4) switch
    {
        0 => new byte[random.Next(80)],
        1 => System.Text.Encoding.ASCII.GetBytes("hello \"world\" \\ / = tab\tline\n"[..random.Next(30)]),
        _ => Noise(random.Next(70)),
    };

    private byte[] Mutate(byte[] frame)
    {
        for (int changes = random.Next(4); changes > 0 && frame.Length > 0; changes--)
        {
            int at = random.Next(frame.Length);
            switch (random.Next(6))
            {
                case 0:
                    frame = frame[..at];
                    break;
                case 1:
                    frame = [.. frame, .. Noise(random.Next(40))];
                    break;
                case 2 when at + 2 <= frame.Length:
                    BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)random.Next(80));
                    break;
                default:
                    frame[at] = (byte)(random.Next(3) == 0 ? frame[at] ^ 1 << random.Next(8) : random.Next(256));
                    break;
            }
        }
        return frame;
    }
}
