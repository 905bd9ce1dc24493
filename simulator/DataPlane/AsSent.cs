using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The head of a packet as its endpoint sent it, before NAT made another of it: an ICMP error quotes that, for the endpoint knows no other (RFC 5508 §4.1;
/// without it, path MTU is not found through a service).
/// </summary>
internal struct AsSent
{
    /// <summary>As much as an error is made of: Ethernet, a plain IPv4 header, eight bytes more.</summary>
    private const int Length = Wire.Ethernet.Length + Wire.Ipv4.Length + 8;

    private Bytes bytes;
    private bool isKept;

    /// <summary>Before a change; the first counts. A frame too short to be quoted is not kept, and no error is sent of it.</summary>
    /// <param name="frame">The endpoint's frame, from Ethernet on.</param>
    public void Keep(ReadOnlySpan<byte> frame)
    {
        if (!isKept && frame.Length >= Length)
        {
            frame[..Length].CopyTo(bytes);
            isKept = true;
        }
    }

    /// <summary>Nothing was changed yet.</summary>
    public void Forget() => isKept = false;

    /// <summary>Puts the head back, if anything was changed.</summary>
    /// <param name="frame">The same frame, now what it became.</param>
    public readonly void Restore(Span<byte> frame)
    {
        if (isKept)
        {
            ((ReadOnlySpan<byte>)bytes).CopyTo(frame);
        }
    }

    /// <summary>Who sent it; <paramref name="source"/> when nothing was changed.</summary>
    public readonly Ipv4Address SourceOr(Ipv4Address source) =>
        isKept ? Ipv4Address.Read(((ReadOnlySpan<byte>)bytes)[(Wire.Ethernet.Length + Wire.Ipv4.Source)..]) : source;

    [InlineArray(Length)]
    private struct Bytes
    {
        private byte first;
    }
}
