using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Comparing;

/// <summary>
/// The part of a stack's frame that the overlay decides, whatever kernel sent it: outer headers, Geneve and its options, the inner Ethernet
/// header and the inner TTL; an ARP frame whole. The segment sizes of TCP are the kernel's, and so are the outer lengths and checksum that follow from them.
/// </summary>
internal static class Encapsulation
{
    // Offsets in an outer Ethernet and IPv4 header of 20 bytes, as the overlay writes it (spec §2).
    private const int OuterTotalLength = EthernetView.Length + Ipv4View.TotalLengthOffset;
    private const int OuterChecksum = EthernetView.Length + Ipv4View.ChecksumOffset;
    private const int OuterUdp = EthernetView.Length + Ipv4View.MinimumLength;
    private const int OuterUdpLength = OuterUdp + UdpView.LengthOffset;
    private const int OuterUdpChecksum = OuterUdp + UdpView.ChecksumOffset;

    public static bool Equal(byte[] left, byte[] right, InnerProtocol protocol)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }
        ImmutableArray<Range> parts = Parts(left, protocol);
        return parts.AsSpan().SequenceEqual(Parts(right, protocol).AsSpan())
            && parts.All(part => left.AsSpan(part).SequenceEqual(right.AsSpan(part)));
    }

    /// <summary>The differing fields, without those that may differ.</summary>
    public static ImmutableArray<FieldDifference> Differences(byte[] left, byte[] right, InnerProtocol protocol)
    {
        ImmutableArray<Range> parts = Parts(left, protocol);
        if (!parts.AsSpan().SequenceEqual(Parts(right, protocol).AsSpan()))
        {
            return FrameFields.Differences(left, right);
        }
        // The left frame with only the parts that count taken from the right one.
        byte[] mixed = left.AsSpan().ToArray();
        foreach (Range part in parts)
        {
            right.AsSpan(part).CopyTo(mixed.AsSpan(part));
        }
        return FrameFields.Differences(left, mixed);
    }

    /// <summary>Byte ranges that count, clipped to the frame.</summary>
    private static ImmutableArray<Range> Parts(byte[] frame, InnerProtocol protocol)
    {
        ImmutableArray<Range>.Builder parts = ImmutableArray.CreateBuilder<Range>();
        void Add(int begin, int end)
        {
            begin = Math.Min(begin, frame.Length);
            parts.Add(begin..Math.Clamp(end, begin, frame.Length));
        }

        int inner = Math.Max(0, FrameFacts.InnerOffset(frame));
        if (inner > OuterUdpChecksum && protocol == InnerProtocol.Tcp)
        {
            Add(0, OuterTotalLength);
            Add(OuterTotalLength + 2, OuterChecksum);
            Add(OuterChecksum + 2, OuterUdpLength);
            Add(OuterUdpChecksum, inner);
        }
        else
        {
            Add(0, inner);
        }
        Add(inner, inner + EthernetView.Length);
        int body = inner + EthernetView.Length;
        if (protocol == InnerProtocol.Arp)
        {
            Add(body, body + ArpView.Length);
        }
        else
        {
            Add(body + Ipv4View.TtlOffset, body + Ipv4View.TtlOffset + 1);
        }
        return parts.ToImmutable();
    }
}
