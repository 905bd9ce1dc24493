using System.Net;
using System.Net.Sockets;
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

    public static Socket Datagram(LiveEndpoint at, ushort port) => Open(at, port, SocketType.Dgram, ProtocolType.Udp);

    public static Socket Stream(LiveEndpoint at, ushort port) => Open(at, port, SocketType.Stream, ProtocolType.Tcp);

    public static IPAddress ToIp(Ipv4Address address) => new(address.WireWord);

    public static IPEndPoint ToIp(Ipv4Address address, ushort port) => new(ToIp(address), port);

    /// <summary>Reads once; −1 when nothing came within the limit, 0 at a stream's end or when it broke.</summary>
    public static int TryReceive(Socket socket, Span<byte> buffer)
    {
        int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            // ICMP errors of an earlier send come back here; what was sent is simply not answered.
            SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionRefused
                or SocketError.HostUnreachable or SocketError.NetworkUnreachable when socket.SocketType == SocketType.Dgram => -1,
            SocketError.TimedOut or SocketError.WouldBlock => -1,
            _ => 0,
        };
    }

    private static Socket Open(LiveEndpoint at, ushort port, SocketType type, ProtocolType protocol) => at.Namespace.Run(() =>
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
            throw new HarnessException($"endpoint '{at.Endpoint.Name}' cannot use {protocol} port {port}: {error.Message}", error);
        }
    });
}
