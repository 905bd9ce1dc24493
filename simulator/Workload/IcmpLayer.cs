using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>Hears the answers to its own echo requests.</summary>
public interface IEchoHandler
{
    void EchoReplied(ushort sequence, ReadOnlySpan<byte> payload);
}

/// <summary>ICMP: answers echo requests, hands echo replies to who asked, and says so when a datagram finds nobody.</summary>
public sealed class IcmpLayer
{
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;

    /// <summary>Octets of the offending datagram's payload that Linux quotes at most: 576 in all.</summary>
    private const int QuoteLimit = 576 - Ipv4View.MinimumLength - IcmpView.Length;

    private readonly Ipv4Layer ip;
    private readonly SortedDictionary<ushort, IEchoHandler> askers = [];

    internal IcmpLayer(Ipv4Layer ip) => this.ip = ip;

    /// <summary>Gives this handler an id of its own, at random, and from now on the replies to requests with it.</summary>
    public ushort Register(RandomStream random, IEchoHandler asker)
    {
        ushort id;
        do
        {
            id = random.NextUInt16();
        }
        while (!askers.TryAdd(id, asker));
        return id;
    }

    public void Unregister(ushort id) => askers.Remove(id);

    public void SendEcho(Ipv4Address destination, ushort id, ushort sequence, ReadOnlySpan<byte> payload) =>
        Send(destination, IcmpHeader.EchoRequest(id, sequence), payload, tos: 0);

    /// <summary>Tells a datagram's sender that nobody here takes it; never about a later fragment or a source that is no host.</summary>
    internal void SendUnreachable(byte code, in Ipv4View datagram, ReadOnlySpan<byte> payload)
    {
        if (datagram.FragmentUnits != 0 || datagram.Source == Ipv4Address.Any || datagram.Source.Value >= 0xE000_0000)
        {
            return;
        }
        Ipv4Header about = new(datagram.Source, datagram.Destination, datagram.Protocol)
        {
            Tos = datagram.Tos,
            TotalLength = datagram.TotalLength,
            Id = datagram.Id,
            Flags = datagram.Flags,
            FragmentUnits = datagram.FragmentUnits,
            Ttl = datagram.Ttl,
            Checksum = datagram.Checksum,
            Options = new OptionBytes(datagram.Options),
        };
        Span<byte> quote = stackalloc byte[QuoteLimit];
        int length = Math.Min(payload.Length, QuoteLimit - about.Length);
        about.Write(quote);
        payload[..length].CopyTo(quote[about.Length..]);
        const byte InternetworkControl = 0xC0; // The TOS Linux gives its ICMP errors.
        Send(datagram.Source, new IcmpHeader(IcmpType.Unreachable, code, 0), quote[..(about.Length + length)], InternetworkControl);
    }

    internal void Receive(in Ipv4View datagram, ReadOnlySpan<byte> bytes)
    {
        if (!IcmpView.TryRead(bytes, out IcmpView icmp) || !icmp.ChecksumHolds)
        {
            return;
        }
        switch (icmp.Type)
        {
            case IcmpType.EchoRequest:
                Send(datagram.Source, IcmpHeader.EchoReply(icmp.Id, icmp.Sequence), icmp.Payload, datagram.Tos);
                break;
            case IcmpType.EchoReply when askers.TryGetValue(icmp.Id, out IEchoHandler? asker):
                asker.EchoReplied(icmp.Sequence, icmp.Payload);
                break;
        }
    }

    private void Send(Ipv4Address destination, IcmpHeader header, ReadOnlySpan<byte> payload, byte tos)
    {
        Span<byte> message = ip.TransportRoom(IcmpView.Length + payload.Length);
        header.Write(message);
        payload.CopyTo(message[IcmpView.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            message[IcmpView.ChecksumOffset..], InternetChecksum.ComputeWithout(message, IcmpView.ChecksumOffset));
        ip.Send(destination, IpProtocol.Icmp, message.Length, dontFragment: false, tos);
    }
}
