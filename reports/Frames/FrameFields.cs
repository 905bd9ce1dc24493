using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>A frame as decoded fields, in wire order.</summary>
internal static class FrameFields
{
    public static IReadOnlyList<FrameField> Of(byte[] frame)
    {
        List<FrameField> f = [];
        Add(frame, "", f);
        return f;
    }

    private static void Add(ReadOnlySpan<byte> frame, string p, List<FrameField> f)
    {
        if (!EthernetView.TryRead(frame, out var e)) return;
        f.Add(new(p + "ethernet", "dst", e.Destination.ToString()));
        f.Add(new(p + "ethernet", "src", e.Source.ToString()));
        f.Add(new(p + "ethernet", "type", e.Type.ToString().ToLowerInvariant()));
        if (e.Type != EtherType.Ipv4 || !Ipv4View.TryRead(e.Payload, out var ip)) return;
        f.Add(new(p + "ipv4", "tos", $"0x{ip.Tos:x2}"));
        f.Add(new(p + "ipv4", "len", $"{ip.TotalLength}"));
        f.Add(new(p + "ipv4", "ttl", $"{ip.Ttl}"));
        f.Add(new(p + "ipv4", "csum", $"0x{ip.Checksum:x4}"));
        f.Add(new(p + "ipv4", "src", $"{ip.Source}"));
        f.Add(new(p + "ipv4", "dst", $"{ip.Destination}"));
        if (ip.Protocol == IpProtocol.Udp && UdpView.TryRead(ip.Payload, out var u))
        {
            f.Add(new(p + "udp", "sport", $"{u.SourcePort}"));
            f.Add(new(p + "udp", "dport", $"{u.DestinationPort}"));
            if (u.DestinationPort == 6081 && GeneveView.TryRead(u.Payload, out var g))
            {
                f.Add(new(p + "geneve", "vni", $"{g.Vni}"));
                f.Add(new(p + "mizar", "rts_host", $"{Ipv4Address.Read(g.FixedOptions[5..])}"));
                Add(u.Payload[72..], "inner ", f);
            }
        }
        if (ip.Protocol == IpProtocol.Icmp && IcmpView.TryRead(ip.Payload, out var i))
        {
            f.Add(new(p + "icmp", "type", $"{(byte)i.Type}"));
            f.Add(new(p + "icmp", "seq", $"{i.Sequence}"));
        }
    }
}
