using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.Workload.Proxied;

/// <summary>A whole frame of the underlay in Geneve, as a function reads and rewrites it: a plain outer IPv4 header, UDP to 6081, options of any length.</summary>
internal static class TunnelFrame
{
    /// <summary>Bytes of a MAC, and of an IPv4 address.</summary>
    public const int MacBytes = 6, AddressBytes = 4;

    private const int Ip = EthernetView.Length;
    private const int Udp = Ip + Ipv4View.MinimumLength;
    private const int Geneve = Udp + UdpView.HeaderLength;

    /// <summary>Where the Ethernet frame inside begins; false when this is no such frame.</summary>
    public static bool TryFindInner(ReadOnlySpan<byte> frame, out int inner)
    {
        inner = 0;
        if (frame.Length < Geneve + GeneveView.HeaderLength
            || !EthernetView.TryRead(frame, out EthernetView ethernet) || ethernet.Type != EtherType.Ipv4
            || !Ipv4View.TryRead(frame[Ip..], out Ipv4View ip) || ip.Version != 4 || ip.HeaderLength != Ipv4View.MinimumLength || ip.IsFragment || ip.Protocol != IpProtocol.Udp
            || !UdpView.TryRead(frame[Udp..], out UdpView udp) || udp.DestinationPort != GeneveView.UdpPort
            || !GeneveView.TryRead(frame[Geneve..], out GeneveView geneve) || geneve.Protocol != EtherType.TransparentEthernetBridging)
        {
            return false;
        }
        inner = Geneve + GeneveView.HeaderLength + (4 * geneve.OptionWords);
        return frame.Length >= inner + EthernetView.Length;
    }

    /// <summary>Bytes behind the outer headers by the datagram's own account; what a wire padded is none of them.</summary>
    public static int End(ReadOnlySpan<byte> frame) => Math.Min(frame.Length, Udp + BinaryPrimitives.ReadUInt16BigEndian(frame[(Udp + UdpView.LengthOffset)..]));

    /// <summary>Back to the droplet it came from: MACs and addresses change places, which leaves the header's checksum as it is.</summary>
    public static void TurnRound(Span<byte> frame)
    {
        Exchange(frame[EthernetView.DestinationOffset..], frame[EthernetView.SourceOffset..], MacBytes);
        Exchange(frame[(Ip + Ipv4View.SourceOffset)..], frame[(Ip + Ipv4View.DestinationOffset)..], AddressBytes);
    }

    /// <summary>Names another VPC.</summary>
    public static void SetVni(Span<byte> frame, uint vni)
    {
        Span<byte> at = frame[(Geneve + GeneveView.VniOffset)..];
        BinaryPrimitives.WriteUInt32BigEndian(at, (vni << 8) | at[3]);
    }

    public static uint VniOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32BigEndian(frame[(Geneve + GeneveView.VniOffset)..]) >> 8;

    /// <summary>Gives two fields each other's bytes.</summary>
    public static void Exchange(Span<byte> one, Span<byte> other, int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            (one[i], other[i]) = (other[i], one[i]);
        }
    }
}
