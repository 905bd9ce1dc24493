using System.Net;
using System.Net.Sockets;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>
/// Sockets of an endpoint's own stack: made and bound inside its namespace, used from outside. They block, with a short limit, on threads
/// of their own: a round trip measured through a busy thread pool would be the pool's.
/// </summary>
internal static class StackSocket
{
    /// <summary>How often a blocked reader looks whether it is to end.</summary>
    private const int LookMilliseconds = 20;

    /// <summary>A UDP socket of this endpoint; null when another has the port. Port 0: any that is free.</summary>
    public static Socket? TryDatagram(LiveEndpoint at, ushort port) => TryOpen(at, port, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>A TCP socket of this endpoint; null when another has the port. Port 0: any that is free.</summary>
    public static Socket? TryStream(LiveEndpoint at, ushort port) => TryOpen(at, port, SocketType.Stream, ProtocolType.Tcp);

    public static IPAddress ToIp(Ipv4Address address) => new(address.WireWord);

    public static IPEndPoint ToIp(Ipv4Address address, ushort port) => new(ToIp(address), port);

    /// <summary>The outcome of an exchange that cannot begin because another step has the receiver's port.</summary>
    public static StepOutcome PortInUse(int index, SimTime now, ProtocolType protocol, ushort port, bool reply) => new()
    {
        Step = index,
        Began = now,
        Ended = now,
        Returned = reply ? 0 : -1,
        BytesReturned = reply ? 0 : -1,
        Trouble = $"{protocol.ToString().ToUpperInvariant()} port {port} of the receiver is in use by another step",
    };

    /// <summary>Reads once; false when nothing came within the socket's short limit.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public static bool TryReceive(Socket socket, Span<byte> buffer, out int length)
    {
        length = socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => true,
            SocketError.TimedOut or SocketError.WouldBlock => false,
            // What became of an earlier datagram, by ICMP or ARP, is told at the next call; nothing is broken by it.
            SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable when socket.SocketType == SocketType.Dgram => false,
            _ => throw new SocketException((int)error),
        };
    }

    private static Socket? TryOpen(LiveEndpoint at, ushort port, SocketType type, ProtocolType protocol) => at.Namespace.Run<Socket?>(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(ToIp(at.Endpoint.Address, port));
            socket.ReceiveTimeout = LookMilliseconds;
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            return error.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? null
                : throw new HarnessException($"endpoint '{at.Endpoint.Name}' cannot use {protocol} port {port}: {error.Message}", error);
        }
    });
}
