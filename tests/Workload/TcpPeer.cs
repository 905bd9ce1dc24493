using MizarLab.Workload.Tcp;

namespace MizarLab.Tests.Workload;

/// <summary>An application that writes down everything it sees, and closes when its peer does if it is told to.</summary>
internal sealed class TcpPeer : ITcpHandler
{
    public TcpConnection? Connection { get; private set; }

    public List<byte> Bytes { get; } = [];

    public bool SawClose { get; private set; }

    public TcpEnd? End { get; private set; }

    public bool ClosesBack { get; init; } = true;

    public bool Echoes { get; init; }

    public Action<TcpConnection>? OnConnected { get; init; }

    public void Connected(TcpConnection connection)
    {
        Connection = connection;
        OnConnected?.Invoke(connection);
    }

    public void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
    {
        Assert.False(SawClose, "octets after the close");
        Bytes.AddRange(octets);
        if (Echoes)
        {
            connection.Send(octets);
        }
    }

    public void PeerClosed(TcpConnection connection)
    {
        Assert.False(SawClose, "closed twice");
        SawClose = true;
        if (ClosesBack)
        {
            connection.Close();
        }
    }

    public void Ended(TcpConnection connection, TcpEnd end)
    {
        Assert.Null(End);
        End = end;
    }
}
