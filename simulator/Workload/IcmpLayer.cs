using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>Hears the answers to its own echo requests.</summary>
public interface IEchoHandler
{
    void EchoReplied(ushort sequence, ReadOnlySpan<byte> payload);

    /// <summary>Somebody says why a request did not arrive.</summary>
    void EchoFailed(ushort sequence, IcmpErrorSeen error);
}

/// <summary>ICMP: answers echo requests, hands echo replies to who asked, and says so when a datagram finds nobody.</summary>
public sealed class IcmpLayer
{
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;

    /// <summary>Octets of the offending datagram's payload that Linux quotes at most: 576 in all.</summary>
    private const int QuoteLimit = 576 - Ipv4View.MinimumLength - IcmpView.Length;

    /// <summary>Called with an error about a UDP or TCP packet of ours: protocol, whom it went to, our port, the other's.</summary>
    internal event Action<IpProtocol, Ipv4Address, ushort, ushort, IcmpErrorSeen>? Failed;

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

    /// <summary>
    /// Sends a request; false when it may not be cut and the path is known to be too narrow. As Linux' ping does it, a request that fits says that it must
    /// not be cut, and one that does not is cut here, unless <paramref name="whole"/>.
    /// </summary>
    public bool SendEcho(Ipv4Address destination, ushort id, ushort sequence, ReadOnlySpan<byte> payload, byte ttl = Ipv4Layer.Ttl, bool whole = false)
    {
        bool fits = Ipv4View.MinimumLength + IcmpView.Length + payload.Length <= ip.PathMtu(destination);
        if (fits || !whole)
        {
            Send(destination, IcmpHeader.EchoRequest(id, sequence), payload, tos: 0, dontFragment: fits, ttl);
        }
        return fits || !whole;
    }

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
            case IcmpType.TimeExceeded or IcmpType.Unreachable:
                TakeError(datagram.Source, icmp);
                break;
            case IcmpType.EchoReply when askers.TryGetValue(icmp.Id, out IEchoHandler? asker):
                asker.EchoReplied(icmp.Sequence, icmp.Payload);
                break;
        }
    }

    /// <summary>An error quotes the datagram it is about: header and at least eight bytes behind it say whose it was.</summary>
    private void TakeError(Ipv4Address source, in IcmpView icmp)
    {
        const int transportBytes = 8;
        if (!Ipv4View.TryRead(icmp.Payload, out Ipv4View quoted) || quoted.Source != ip.Address || icmp.Payload.Length < quoted.HeaderLength + transportBytes)
        {
            return;
        }
        ReadOnlySpan<byte> transport = icmp.Payload[quoted.HeaderLength..];
        bool tooBig = icmp is { Type: IcmpType.Unreachable, Code: IcmpView.FragmentationNeeded };
        IcmpErrorSeen error = new(source, (byte)icmp.Type, icmp.Code, tooBig ? icmp.Mtu : 0);
        if (tooBig)
        {
            ip.PathNarrowed(quoted.Destination, icmp.Mtu);
        }
        switch (quoted.Protocol)
        {
            case IpProtocol.Icmp when (IcmpType)transport[IcmpView.TypeOffset] == IcmpType.EchoRequest
                && askers.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(transport[IcmpView.IdOffset..]), out IEchoHandler? asker):
                asker.EchoFailed(BinaryPrimitives.ReadUInt16BigEndian(transport[IcmpView.SequenceOffset..]), error);
                break;
            case IpProtocol.Udp or IpProtocol.Tcp:
                Failed?.Invoke(quoted.Protocol, quoted.Destination, BinaryPrimitives.ReadUInt16BigEndian(transport), BinaryPrimitives.ReadUInt16BigEndian(transport[2..]), error);
                break;
        }
    }

    private void Send(Ipv4Address destination, IcmpHeader header, ReadOnlySpan<byte> payload, byte tos, bool dontFragment = false, byte ttl = Ipv4Layer.Ttl)
    {
        Span<byte> message = ip.TransportRoom(IcmpView.Length + payload.Length);
        header.Write(message);
        payload.CopyTo(message[IcmpView.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            message[IcmpView.ChecksumOffset..], InternetChecksum.ComputeWithout(message, IcmpView.ChecksumOffset));
        ip.Send(destination, IpProtocol.Icmp, message.Length, dontFragment, tos, ttl);
    }
}
