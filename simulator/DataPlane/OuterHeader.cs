using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Rewriting the outer Ethernet and IPv4 headers for the next hop (§2.1, §2.2, §3.6). Spans begin at the frame.</summary>
internal static class OuterHeader
{
    /// <summary>
    /// The bit by which upstream means to tell low-priority traffic. It is ECN's ECT(0), which its own agent never sets (§8.1 P21);
    /// with <see cref="Switches.EcnIsNoPriority"/> nobody asks.
    /// </summary>
    private const byte LowPriorityTos = 0x02;

    // Of the word that is TTL, protocol and checksum.
    private const uint OneTtl = 1u << 24;
    private const uint TtlMask = 0xFF00_0000;
    private const uint ProtocolMask = 0x00FF_0000;

    /// <summary>
    /// Sends the frame on to a hop whose MAC the substrate entries tell. What is written stays written when it is dropped: addresses and TTL
    /// before the TTL and the MAC are looked at.
    /// </summary>
    public static ProgramResult Forward(ref TransitFrame transit, Ipv4Address next, Reason reason)
    {
        Span<byte> head = transit.Head;
        transit.RemoveFlag(RtsFlags.Direct);
        Readdress(head, next);
        if (head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0)
        {
            return Answer.Drop(Reason.TtlExpired);
        }
        if (!transit.Tables.TryResolve(next, out MacAddress mac))
        {
            return Answer.Drop(Reason.NoSubstrate);
        }
        SetMacs(head, mac);
        return (head[Wire.Outer.Ip + Wire.Ipv4.Tos] & LowPriorityTos) != 0 && !transit.Settings.Has(Switches.EcnIsNoPriority)
            ? Answer.Pass(Reason.LowPriority)
            : Answer.Tx(reason);
    }

    /// <summary>
    /// Sends the frame back to the droplet it came from, whose MAC is in it; no table is asked. Upstream does not look at the TTL (§8.1 P17).
    /// </summary>
    public static ProgramResult Return(Span<byte> head, DataPlaneSettings settings, Reason reason)
    {
        TurnBack(head);
        return head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0 && settings.Has(Switches.OuterTtl) ? Answer.Drop(Reason.TtlExpired) : Answer.Tx(reason);
    }

    /// <summary>From ourselves, whom it was addressed to, to the next hop; TTL less one; checksum anew.</summary>
    public static void Readdress(Span<byte> head, Ipv4Address next)
    {
        Span<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);

        // The words are changed and summed where they were read: bytes just written cannot be read as words before the processor has stored them.
        uint ttlAndChecksum = BinaryPrimitives.ReadUInt32BigEndian(ip[Wire.Ipv4.Ttl..]);
        uint self = BinaryPrimitives.ReadUInt32BigEndian(ip[Wire.Ipv4.Destination..]);
        ttlAndChecksum = (unchecked(ttlAndChecksum - OneTtl) & TtlMask) | (ttlAndChecksum & ProtocolMask);
        ulong sum = (ulong)BinaryPrimitives.ReadUInt32BigEndian(ip)
            + BinaryPrimitives.ReadUInt32BigEndian(ip[Wire.Ipv4.Identification..])
            + ttlAndChecksum
            + self
            + next.Value;
        BinaryPrimitives.WriteUInt32BigEndian(ip[Wire.Ipv4.Ttl..], ttlAndChecksum | InternetChecksum.Finish(sum));
        BinaryPrimitives.WriteUInt32BigEndian(ip[Wire.Ipv4.Source..], self);
        next.Write(ip[Wire.Ipv4.Destination..]);
    }

    /// <summary>Back to whom it came from, addresses and MACs; TTL less one; checksum anew.</summary>
    public static void TurnBack(Span<byte> head)
    {
        Span<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);
        Readdress(head, Ipv4Address.Read(ip[Wire.Ipv4.Source..]));
        SetMacs(head, MacAddress.Read(head[Wire.Ethernet.Source..]));
    }

    /// <summary>From the MAC it was addressed to, whatever that was, to the next hop's.</summary>
    public static void SetMacs(Span<byte> head, MacAddress next)
    {
        MacAddress own = MacAddress.Read(head[Wire.Ethernet.Destination..]);
        own.Write(head[Wire.Ethernet.Source..]);
        next.Write(head[Wire.Ethernet.Destination..]);
    }

    /// <summary>Over 20 bytes, whatever the header length says (§2.2).</summary>
    public static void WriteChecksum(Span<byte> ip) =>
        Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.ComputeWithout(ip[..Wire.Ipv4.Length], Wire.Ipv4.Checksum));
}
