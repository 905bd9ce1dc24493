using System.Collections.Immutable;
using System.Net.Sockets;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>A socket for each receiver.</summary>
internal sealed class SocketSet : IDisposable
{
    public SocketSet(Receivers receivers, Func<LiveEndpoint, ushort, Socket?> open)
    {
        List<Socket> opened = [];
        foreach (LiveEndpoint endpoint in receivers.Endpoints)
        {
            if (open(endpoint, receivers.Port) is { } socket)
            {
                opened.Add(socket);
            }
        }
        Sockets = [.. opened];
        Whole = opened.Count == receivers.Endpoints.Length;
    }

    public ImmutableArray<Socket> Sockets { get; }

    /// <summary>Nobody's port was taken.</summary>
    public bool Whole { get; }

    public void Dispose()
    {
        foreach (Socket socket in Sockets)
        {
            socket.Dispose();
        }
    }
}
