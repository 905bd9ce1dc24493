namespace MizarLab.Workload.Tcp;

/// <summary>Why a connection ended.</summary>
public enum TcpEnd : byte
{
    /// <summary>Both sides closed and everything was acknowledged.</summary>
    Closed,

    /// <summary>The peer sent RST; before the handshake ended: it refused.</summary>
    Reset,

    /// <summary>The peer did not acknowledge, however often it was sent.</summary>
    TimedOut,

    /// <summary>This side gave up, or its endpoint went away.</summary>
    Aborted,
}

/// <summary>The application at one end of a connection.</summary>
public interface ITcpHandler
{
    void Connected(TcpConnection connection);

    /// <summary>Octets in order; the span is good during the call only.</summary>
    void Received(TcpConnection connection, ReadOnlySpan<byte> octets);

    /// <summary>The peer has closed: nothing more will be received.</summary>
    void PeerClosed(TcpConnection connection);

    /// <summary>Called once; the connection can do nothing any more, though it may linger in TIME-WAIT.</summary>
    void Ended(TcpConnection connection, TcpEnd end);
}
