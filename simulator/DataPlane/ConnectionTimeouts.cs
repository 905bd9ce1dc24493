using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>How long an idle connection lives, in <see cref="LabClock"/> ticks.</summary>
internal readonly struct ConnectionTimeouts(DataPlaneSettings settings)
{
    private readonly uint established = LabClock.Ticks(settings.EstablishedTimeout);
    private readonly uint transient = LabClock.Ticks(settings.TransientTimeout);
    private readonly uint datagram = LabClock.Ticks(settings.DatagramTimeout);

    /// <summary>Of a connection in this phase.</summary>
    public uint Of(IpProtocol protocol, TcpPhase phase) =>
        protocol != IpProtocol.Tcp ? datagram : phase == TcpPhase.Established ? established : transient;
}
