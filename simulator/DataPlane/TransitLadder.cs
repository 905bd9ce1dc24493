using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The checks in front of transit (§3.5 rows 2 to 14): what is not the overlay's goes to the host's stack, what is damaged ends, and of the rest is told
/// where its inner frame lies. The first thing wrong decides. Fixed offsets throughout, as upstream: options are not walked.
/// </summary>
internal static class TransitLadder
{
    /// <param name="via">See <see cref="Transit.Run"/>.</param>
    /// <param name="inner">Where the inner Ethernet header begins; it is whole.</param>
    /// <param name="innerBytes">Bytes from there on; with <see cref="Switches.StrictParsing"/> as many as the outer headers count.</param>
    public static bool TryRead(
        DropletTables tables, AgentId via, in Frame frame, out Vni vni, out int inner, out int innerBytes, out ProgramResult ended)
    {
        ReadOnlySpan<byte> head = frame.HeadView;
        int length = frame.Length;
        vni = default;
        inner = 0;
        innerBytes = 0;
        if (!TryReadUnderlay(tables, head, length, out ended)
            || !TryReadGeneve(tables.Settings, head, length, out ended))
        {
            return false;
        }
        if (!IsTrusted(tables, via, head))
        {
            return Ends(Answer.Drop(Reason.UntrustedPeer), out ended);
        }
        int words = head[Wire.Outer.Geneve + Wire.Geneve.VersionAndOptionWords] & Wire.Geneve.OptionWordsMask;
        inner = Wire.Outer.Options + (4 * words);
        if (length < inner + Wire.Ethernet.Length)
        {
            ended = Answer.Aborted(Reason.ShortInnerEthernet);
            return false;
        }
        vni = new Vni(BinaryPrimitives.ReadUInt32BigEndian(head[(Wire.Outer.Geneve + Wire.Geneve.Vni)..]) >> 8);

        // What lies behind the datagram is carried on and not looked at.
        innerBytes = tables.Settings.Has(Switches.StrictParsing)
            ? Wire.Outer.Udp + Wire.Read16(head, Wire.Outer.Udp + Wire.Udp.DatagramLength) - inner
            : length - inner;
        return true;
    }

    private static bool TryReadUnderlay(DropletTables tables, ReadOnlySpan<byte> head, int length, out ProgramResult ended)
    {
        DataPlaneSettings settings = tables.Settings;
        if (length < Wire.Outer.Ip)
        {
            return Ends(Answer.Aborted(Reason.ShortEthernet), out ended);
        }
        if (Wire.Read16(head, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4)
        {
            return Ends(Answer.Pass(Reason.NotIpv4), out ended);
        }
        if (length < Wire.Outer.Udp)
        {
            return Ends(Answer.Aborted(Reason.ShortIpv4), out ended);
        }
        ReadOnlySpan<byte> ip = head[Wire.Outer.Ip..];
        if (ip[Wire.Ipv4.Protocol] != (byte)IpProtocol.Udp)
        {
            return Ends(Answer.Pass(Reason.NotUdp), out ended);
        }
        if (ip[Wire.Ipv4.Ttl] == 0)
        {
            return Ends(Answer.Drop(Reason.TtlZero), out ended);
        }
        if (Ipv4Address.Read(ip[Wire.Ipv4.Destination..]) != tables.Interface.Value.Address)
        {
            // Upstream asks before the port is known, and so loses the host all its other UDP: broadcast, multicast, secondary addresses (§8.1 P5).
            return Ends(settings.Has(Switches.ForeignUdp) ? Answer.Pass(Reason.OtherAddress) : Answer.Drop(Reason.NotOurAddress), out ended);
        }
        if (settings.Has(Switches.StrictParsing) && !StrictParsing.IsPlainOuter(ip))
        {
            return Ends(Answer.Pass(Reason.NotGeneve), out ended);
        }
        if (length < Wire.Outer.Geneve)
        {
            return Ends(Answer.Aborted(Reason.ShortUdp), out ended);
        }
        ended = Answer.Pass(Reason.NotGeneve);
        return Wire.Read16(head, Wire.Outer.Udp + Wire.Udp.DestinationPort) == Wire.Geneve.Port;
    }

    /// <summary>Whether the options are ours is asked before whether headers are sound: what is not ours is not ours to judge.</summary>
    public static bool TryReadGeneve(DataPlaneSettings settings, ReadOnlySpan<byte> head, int length, out ProgramResult ended)
    {
        if (length < Wire.Outer.Options)
        {
            return Ends(Answer.Aborted(Reason.ShortGeneve), out ended);
        }
        if (Wire.Read16(head, Wire.Outer.Geneve + Wire.Geneve.Protocol) != (ushort)EtherType.TransparentEthernetBridging)
        {
            return Ends(Answer.Pass(Reason.NotEthernetInGeneve), out ended);
        }
        if (length < Wire.Outer.Scaled || IsForeign(settings, head))
        {
            bool foreign = settings.Has(Switches.ForeignGeneve) && (length >= Wire.Outer.Scaled || HasNoOptions(settings, head));
            return Ends(foreign ? Answer.Pass(Reason.ForeignGeneve) : Answer.Aborted(Reason.BadRtsOption), out ended);
        }
        if (settings.Has(Switches.StrictParsing))
        {
            if (!StrictParsing.IsOuterSound(head, length))
            {
                return Ends(Answer.Drop(Reason.BadOuterHeader), out ended);
            }
            if (!StrictParsing.IsGeneveSound(head))
            {
                return Ends(Answer.Drop(Reason.BadGeneve), out ended);
            }
            if (!StrictParsing.AreOptionsSound(head, length, settings))
            {
                return Ends(Answer.Drop(Reason.BadOptions), out ended);
            }
        }
        ended = Answer.Aborted(Reason.BadScaledOption);
        return length >= Wire.Outer.PodLabel && HasOurClass(settings, head, Wire.Outer.Scaled);
    }

    /// <summary>
    /// Whether the first option is not the one our frames begin with. Upstream looks at the class alone and kills what has another: the Geneve of any other network
    /// on the host (§8.1 P6).
    /// </summary>
    private static bool IsForeign(DataPlaneSettings settings, ReadOnlySpan<byte> head) =>
        HasNoOptions(settings, head)
        || !HasOurClass(settings, head, Wire.Outer.Rts)
        || (settings.Has(Switches.StandardOptions)
            && head[Wire.Outer.Rts + Wire.Option.Type] is not (Wire.Rts.Type or Wire.Rts.ReturnedType));

    /// <summary>Without <see cref="Switches.StandardOptions"/> the option is looked for whether or not the header counts it.</summary>
    private static bool HasNoOptions(DataPlaneSettings settings, ReadOnlySpan<byte> head) =>
        settings.Has(Switches.StandardOptions)
        && (head[Wire.Outer.Geneve + Wire.Geneve.VersionAndOptionWords] & Wire.Geneve.OptionWordsMask) == 0;

    /// <summary>
    /// Whether the frame comes from a droplet we know (§8.1 P2). Our own address is one only when an agent of ours handed the frame over; from the wire it is
    /// somebody else's lie.
    /// </summary>
    public static bool IsTrusted(DropletTables tables, AgentId via, ReadOnlySpan<byte> head)
    {
        if (!tables.Settings.Has(Switches.TrustedPeers))
        {
            return true;
        }
        Ipv4Address source = Ipv4Address.Read(head[(Wire.Outer.Ip + Wire.Ipv4.Source)..]);
        return source == tables.Interface.Value.Address ? tables.Agents.Contains(in via) : tables.Peers.Contains(source);
    }

    private static bool HasOurClass(DataPlaneSettings settings, ReadOnlySpan<byte> head, int option) =>
        Wire.Read16(head, option + Wire.Option.Class) == Wire.Option.ClassOf(settings);

    private static bool Ends(in ProgramResult result, out ProgramResult ended)
    {
        ended = result;
        return false;
    }
}
