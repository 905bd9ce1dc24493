using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The 114 bytes an agent puts in front (§2.1 to §2.5).</summary>
internal static class TunnelHeader
{
    private const byte OptionWords = Wire.OptionBytes / 4;

    /// <summary>The outer TTL that says nothing of the inner one (<see cref="Switches.OuterTtl"/>).</summary>
    private const byte OwnTtl = 64;

    private const ushort DontFragment = 0x4000;

    /// <summary>Writes every byte but those that are zero anyway: the headroom comes cleared.</summary>
    /// <param name="innerLength">Bytes of the frame behind.</param>
    /// <param name="sourcePort">The outer UDP source port.</param>
    public static void Write(ref AgentFrame run, in InnerPacket packet, in NextHop next, int innerLength, ushort sourcePort)
    {
        AgentView config = run.Config;
        Span<byte> head = run.Head[..Wire.Overhead];
        next.Host.Mac.Write(head[Wire.Ethernet.Destination..]);
        config.NicMac.Write(head[Wire.Ethernet.Source..]);
        Wire.Write16(head, Wire.Ethernet.Type, (int)EtherType.Ipv4);
        WriteIpv4(head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length), ref run, in packet, next.Host.Address, innerLength);

        Span<byte> udp = head.Slice(Wire.Outer.Udp, Wire.Udp.Length);
        Wire.Write16(udp, Wire.Udp.SourcePort, sourcePort);
        Wire.Write16(udp, Wire.Udp.DestinationPort, Wire.Geneve.Port);
        Wire.Write16(udp, Wire.Udp.DatagramLength, Wire.Overhead - Wire.Outer.Udp + innerLength);

        Span<byte> geneve = head.Slice(Wire.Outer.Geneve, Wire.Geneve.Length);
        geneve[Wire.Geneve.VersionAndOptionWords] = OptionWords;
        Wire.Write16(geneve, Wire.Geneve.Protocol, (int)EtherType.TransparentEthernetBridging);
        BinaryPrimitives.WriteUInt32BigEndian(geneve[Wire.Geneve.Vni..], config.Vni.OnWire << 8);
        WriteOptions(head, config, next.Flags, run.Settings.Has(Switches.StandardOptions));
    }

    private static void WriteIpv4(Span<byte> ip, ref AgentFrame run, in InnerPacket packet, Ipv4Address next, int innerLength)
    {
        DataPlaneSettings settings = run.Settings;
        bool carries = settings.Has(Switches.CarryEcnDf);
        int ecn = carries ? packet.Tos & Ecn.Mask : 0;
        bool whole = carries && (packet.Fragment & FragmentBits.DontFragment) != 0;

        uint tos = (uint)(TrafficClass.TosOf(run.Config.ClassAndPriority, settings.Has(Switches.BestEffortMedium)) | ecn);
        uint total = (ushort)(Wire.Overhead - Wire.Outer.Ip + innerLength);
        uint ttl = settings.Has(Switches.OuterTtl) ? OwnTtl : packet.Ttl;

        // Words, summed before they are written: what was written as bytes cannot be read as words before the processor has stored it.
        uint first = ((uint)Wire.Ipv4.PlainHeader << 24) | (tos << 16) | total;
        uint fragment = whole ? DontFragment : 0u;
        uint third = (ttl << 24) | ((uint)IpProtocol.Udp << 16);
        Ipv4Address own = run.Config.NicAddress;
        ushort checksum = InternetChecksum.Finish((ulong)first + fragment + third + own.Value + next.Value);
        BinaryPrimitives.WriteUInt32BigEndian(ip, first);
        BinaryPrimitives.WriteUInt32BigEndian(ip[Wire.Ipv4.Identification..], fragment);
        BinaryPrimitives.WriteUInt32BigEndian(ip[Wire.Ipv4.Ttl..], third | checksum);
        own.Write(ip[Wire.Ipv4.Source..]);
        next.Write(ip[Wire.Ipv4.Destination..]);
    }

    /// <summary>
    /// The four options, each in its place. Upstream writes the class in the machine's byte order, labels too, and an idle scaled option of no length before its
    /// 28 bytes, which no other reader of Geneve can follow (§8.1 P19); standard options have the same places and are what RFC 8926 says.
    /// </summary>
    private static void WriteOptions(Span<byte> head, AgentView config, RtsFlags flags, bool standard)
    {
        ushort @class = standard ? Wire.Option.StandardClass : Wire.Option.ClassOnWire;
        WriteOption(head, Wire.Outer.Rts, @class, Wire.Rts.Type, Wire.Rts.Words);
        head[Wire.Outer.Rts + Wire.Option.Data] = (byte)flags;
        RtsOption.WriteHost(head, new HostAddress(config.NicAddress, config.NicMac));
        WriteOption(head, Wire.Outer.Scaled, @class, standard ? Wire.Scaled.Type : (byte)0, standard ? Wire.Scaled.Words : (byte)0);
        WriteLabel(head, Wire.Outer.PodLabel, @class, Wire.Label.PodType, config.PodLabel, standard);
        WriteLabel(head, Wire.Outer.NamespaceLabel, @class, Wire.Label.NamespaceType, config.NamespaceLabel, standard);
    }

    private static void WriteOption(Span<byte> head, int offset, ushort @class, byte type, byte words)
    {
        Wire.Write16(head, offset + Wire.Option.Class, @class);
        head[offset + Wire.Option.Type] = type;
        head[offset + Wire.Option.Words] = words;
    }

    private static void WriteLabel(Span<byte> head, int offset, ushort @class, byte type, uint label, bool standard)
    {
        WriteOption(head, offset, @class, type, Wire.Label.Words);
        Span<byte> data = head.Slice(offset + Wire.Option.Data, sizeof(uint));
        if (standard)
        {
            BinaryPrimitives.WriteUInt32BigEndian(data, label);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data, label);
        }
    }
}
