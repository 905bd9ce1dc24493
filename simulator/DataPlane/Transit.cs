using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The program on the NIC (§3.5). It sees what arrives from the wire, and what local agents hand it by tail call. A ladder of checks decides
/// whether a frame is Mizar's; the ARP function or the switch and router functions then say where it goes. Fixed offsets throughout, as
/// upstream: no header length is consulted.
/// </summary>
internal static class Transit
{
    public static ProgramResult Run(DropletTables tables, ref Frame frame)
    {
        ProgramResult decided = Process(tables, ref frame, out bool tailCalled);
        return tailCalled ? decided : StageDispatch.Run(tables, in decided);
    }

    private static ProgramResult Process(DropletTables tables, ref Frame frame, out bool tailCalled)
    {
        tailCalled = false;
        ReadOnlySpan<byte> head = frame.HeadView;
        int length = frame.Length;
        if (length < Wire.Outer.Ip)
        {
            return Answer.Aborted(Reason.ShortEthernet);
        }
        if (Wire.Read16(head, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4)
        {
            return Answer.Pass(Reason.NotIpv4);
        }
        if (length < Wire.Outer.Udp)
        {
            return Answer.Aborted(Reason.ShortIpv4);
        }
        if (head[Wire.Outer.Ip + Wire.Ipv4.Protocol] != (byte)IpProtocol.Udp)
        {
            return Answer.Pass(Reason.NotUdp);
        }
        if (head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0)
        {
            return Answer.Drop(Reason.TtlZero);
        }
        if (Ipv4Address.Read(head[(Wire.Outer.Ip + Wire.Ipv4.Destination)..]) != tables.Interface.Value.Address)
        {
            return Answer.Drop(Reason.NotOurAddress);
        }
        if (length < Wire.Outer.Geneve)
        {
            return Answer.Aborted(Reason.ShortUdp);
        }
        if (Wire.Read16(head, Wire.Outer.Udp + Wire.Udp.DestinationPort) != Wire.Geneve.Port)
        {
            return Answer.Pass(Reason.NotGeneve);
        }
        if (length < Wire.Outer.Options)
        {
            return Answer.Aborted(Reason.ShortGeneve);
        }
        if (Wire.Read16(head, Wire.Outer.Geneve + Wire.Geneve.Protocol) != (ushort)EtherType.TransparentEthernetBridging)
        {
            return Answer.Pass(Reason.NotEthernetInGeneve);
        }
        if (length < Wire.Outer.Scaled || !IsOurs(head, Wire.Outer.Rts))
        {
            return Answer.Aborted(Reason.BadRtsOption);
        }
        if (length < Wire.Outer.PodLabel || !IsOurs(head, Wire.Outer.Scaled))
        {
            return Answer.Aborted(Reason.BadScaledOption);
        }
        int words = head[Wire.Outer.Geneve + Wire.Geneve.VersionAndOptionWords] & Wire.Geneve.OptionWordsMask;
        int inner = Wire.Outer.Options + (4 * words);
        if (length < inner + Wire.Ethernet.Length)
        {
            return Answer.Aborted(Reason.ShortInnerEthernet);
        }
        uint vni = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head[(Wire.Outer.Geneve + Wire.Geneve.Vni)..]) >> 8;
        TransitFrame transit = new(tables, ref frame, new Vni(vni), inner);
        ProgramResult result = Wire.Read16(transit.Inner, Wire.Ethernet.Type) == (ushort)EtherType.Arp
            ? ArpFunction.Transit(ref transit)
            : InnerIpv4(ref transit);
        tailCalled = transit.TailCalled;
        return result;
    }

    /// <summary>
    /// Every inner frame that is not ARP is read as IPv4: upstream tests the outer EtherType a second time where it means the inner (§3.5 row 16).
    /// </summary>
    private static ProgramResult InnerIpv4(ref TransitFrame transit)
    {
        ReadOnlySpan<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (!InnerPacket.TryRead(ip, transit.Tables.Settings, out InnerPacket packet, out ProgramResult refused))
        {
            return refused;
        }

        // Here has its place (§3.6 row 2): conntrack and ingress policy for TCP and UDP.
        Ipv4Address original = packet.Flow.Source;
        if (Modify.IsFor(ref transit, original))
        {
            return Modify.Run(ref transit, in packet);
        }
        Nat.Reverse(transit.Tables, transit.Vni, transit.Inner, ref packet);
        return SwitchFunction.Run(ref transit, packet.Flow.Source, packet.Flow.Destination, original);
    }

    /// <summary>Only the class is looked at, never the type (§2.5).</summary>
    private static bool IsOurs(ReadOnlySpan<byte> head, int option) =>
        Wire.Read16(head, option + Wire.Option.Class) == Wire.Option.ClassOnWire;
}
