using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The 114 bytes an agent puts in front (§2.1 to §2.5).</summary>
internal static class TunnelHeader
{
    /// <summary>The Geneve header of version 0 with all options and Ethernet in it, without a VNI.</summary>
    private const ulong Geneve = ((ulong)(Wire.OptionBytes / 4) << 56) | ((ulong)EtherType.TransparentEthernetBridging << 32);

    /// <summary>The outer TTL that says nothing of the inner one (<see cref="Switches.OuterTtl"/>).</summary>
    private const byte OwnTtl = 64;

    private const ushort DontFragment = 0x4000;

    /// <summary>Where an option's data begin in its first eight bytes, from the right.</summary>
    private const int OptionData = 32;

    /// <summary>
    /// Writes every byte, by words: what was there does not count, and what was written as bytes could not be read as words before the processor has stored it.
    /// </summary>
    /// <param name="head">At least <see cref="Wire.Overhead"/> bytes, in front of the endpoint's frame.</param>
    /// <param name="config">The agent's.</param>
    /// <param name="innerLength">Bytes of the frame behind.</param>
    /// <param name="sourcePort">The outer UDP source port.</param>
    public static void Write(
        FrameFront head, scoped in AgentView config, DataPlaneSettings settings, in InnerPacket packet, in NextHop next, int innerLength, ushort sourcePort)
    {
        ulong nicMac = config.NicMac.Value, nextMac = next.Host.Mac.Value;
        head.SetLong(Wire.Ethernet.Destination, (nextMac << 16) | (nicMac >> 32));
        head.SetWord(Wire.Ethernet.Source + 2, (uint)nicMac);
        head.SetHalf(Wire.Ethernet.Type, (ushort)EtherType.Ipv4);
        WriteIpv4(head, in config, settings, in packet, next.Host.Address, innerLength);
        head.SetWord(Wire.Outer.Udp, ((uint)sourcePort << 16) | Wire.Geneve.Port);
        head.SetWord(Wire.Outer.Udp + Wire.Udp.DatagramLength, (uint)(Wire.Overhead - Wire.Outer.Udp + innerLength) << 16);
        head.SetLong(Wire.Outer.Geneve, Geneve | (config.Vni.OnWire << 8));
        WriteOptions(head, in config, next.Flags, settings.Has(Switches.StandardOptions));
    }

    private static void WriteIpv4(
        FrameFront head, scoped in AgentView config, DataPlaneSettings settings, in InnerPacket packet, Ipv4Address next, int innerLength)
    {
        bool carries = settings.Has(Switches.CarryEcnDf);
        int ecn = carries ? packet.Tos & Ecn.Mask : 0;
        bool whole = carries && (packet.Fragment & FragmentBits.DontFragment) != 0;

        uint tos = (uint)(TrafficClass.TosOf(config.ClassAndPriority, settings.Has(Switches.BestEffortMedium)) | ecn);
        uint total = (ushort)(Wire.Overhead - Wire.Outer.Ip + innerLength);
        uint ttl = settings.Has(Switches.OuterTtl) ? OwnTtl : packet.Ttl;
        uint first = ((uint)Wire.Ipv4.PlainHeader << 24) | (tos << 16) | total;
        uint fragment = whole ? DontFragment : 0u;
        uint third = (ttl << 24) | ((uint)IpProtocol.Udp << 16);
        uint own = config.NicAddress.Value;
        ushort checksum = InternetChecksum.Finish((ulong)first + fragment + third + own + next.Value);
        head.SetLong(Wire.Outer.Ip, ((ulong)first << 32) | fragment);
        head.SetWord(Wire.Outer.Ip + Wire.Ipv4.Ttl, third | checksum);
        head.SetLong(Wire.Outer.Ip + Wire.Ipv4.Source, ((ulong)own << 32) | next.Value);
    }

    /// <summary>
    /// The four options, each in its place. Upstream writes the class in the machine's byte order, labels too, and an idle scaled option of no length before its
    /// 28 bytes, which no other reader of Geneve can follow (§8.1 P19); standard options have the same places and are what RFC 8926 says.
    /// </summary>
    private static void WriteOptions(FrameFront head, scoped in AgentView config, RtsFlags flags, bool standard)
    {
        uint @class = (uint)(standard ? Wire.Option.StandardClass : Wire.Option.ClassOnWire) << 16;
        ulong host = config.NicAddress.Value, mac = config.NicMac.Value;
        head.SetLong(Wire.Outer.Rts, ((ulong)(@class | Wire.Rts.Type << 8 | Wire.Rts.Words) << OptionData) | ((ulong)flags << 24) | (host >> 8));
        head.SetLong(Wire.Outer.Rts + 8, (host << 56) | (mac << 8));
        head.SetLong(Wire.Outer.Scaled, (ulong)(standard ? @class | Wire.Scaled.Type << 8 | Wire.Scaled.Words : @class) << OptionData);
        head.SetLong(Wire.Outer.Scaled + 8, 0);
        head.SetLong(Wire.Outer.Scaled + 16, 0);
        head.SetLong(Wire.Outer.Scaled + 24, 0);
        head.SetLong(Wire.Outer.PodLabel, LabelOption(@class, Wire.Label.PodType, config.PodLabel, standard));
        head.SetLong(Wire.Outer.NamespaceLabel, LabelOption(@class, Wire.Label.NamespaceType, config.NamespaceLabel, standard));
    }

    private static ulong LabelOption(uint @class, byte type, uint label, bool standard) =>
        ((ulong)(@class | (uint)type << 8 | Wire.Label.Words) << OptionData) | (standard ? label : BinaryPrimitives.ReverseEndianness(label));
}
