using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>The application behind a UDP port.</summary>
public interface IDatagramHandler
{
    void Received(ushort localPort, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> payload);

    /// <summary>Somebody says why a datagram did not arrive.</summary>
    void Failed(ushort localPort, IcmpErrorSeen error)
    {
    }
}

/// <summary>UDP: ports and who is behind them. A datagram to a closed port is answered with "port unreachable".</summary>
public sealed class UdpLayer
{
    private const int FirstEphemeralPort = 32768;
    private const int EphemeralPorts = 60999 - FirstEphemeralPort + 1;

    private readonly Ipv4Layer ip;
    private readonly IcmpLayer icmp;
    private readonly RandomStream random;
    private readonly SortedDictionary<ushort, IDatagramHandler> handlers = [];

    internal UdpLayer(Ipv4Layer ip, IcmpLayer icmp, RandomStream random)
    {
        this.ip = ip;
        this.icmp = icmp;
        this.random = random;
        icmp.Failed += TakeError;
    }

    private void TakeError(IpProtocol protocol, Ipv4Address destination, ushort localPort, ushort port, IcmpErrorSeen error)
    {
        if (protocol == IpProtocol.Udp && handlers.TryGetValue(localPort, out IDatagramHandler? handler))
        {
            handler.Failed(localPort, error);
        }
    }

    /// <summary>Puts a handler behind a port; false when the port is taken.</summary>
    public bool TryBind(ushort port, IDatagramHandler handler) => handlers.TryAdd(port, handler);

    /// <summary>Binds a free ephemeral port.</summary>
    public ushort BindEphemeral(IDatagramHandler handler)
    {
        ushort port;
        do
        {
            port = (ushort)(FirstEphemeralPort + random.NextBelow(EphemeralPorts));
        }
        while (!handlers.TryAdd(port, handler));
        return port;
    }

    public void Close(ushort port) => handlers.Remove(port);

    public void Send(ushort localPort, Ipv4Address destination, ushort port, ReadOnlySpan<byte> payload)
    {
        int length = UdpView.HeaderLength + payload.Length;
        Span<byte> datagram = ip.TransportRoom(length);
        new UdpHeader(localPort, port, (ushort)length).Write(datagram);
        payload.CopyTo(datagram[UdpView.HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            datagram[UdpView.ChecksumOffset..], InternetChecksum.ComputeUdp(ip.Address, destination, datagram));
        ip.Send(destination, IpProtocol.Udp, length, dontFragment: Ipv4View.MinimumLength + length <= ip.PathMtu(destination));
    }

    internal void Receive(in Ipv4View datagram, ReadOnlySpan<byte> bytes)
    {
        if (!UdpView.TryRead(bytes, out UdpView udp) || !udp.ChecksumHolds(datagram.Source, datagram.Destination))
        {
            return;
        }
        if (handlers.TryGetValue(udp.DestinationPort, out IDatagramHandler? handler))
        {
            handler.Received(udp.DestinationPort, datagram.Source, udp.SourcePort, udp.Payload);
        }
        else
        {
            icmp.SendUnreachable(IcmpLayer.PortUnreachable, datagram, bytes);
        }
    }
}
