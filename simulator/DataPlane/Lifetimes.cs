using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>How long what is learned lives, in <see cref="LabClock"/> ticks: the settings', reckoned once.</summary>
internal sealed class Lifetimes(DataPlaneSettings settings)
{
    private readonly uint established = LabClock.Ticks(settings.EstablishedTimeout);
    private readonly uint transient = LabClock.Ticks(settings.TransientTimeout);
    private readonly uint datagram = LabClock.Ticks(settings.DatagramTimeout);

    /// <summary>Of a direct-path entry that no frame renews.</summary>
    public uint DirectPath { get; } = LabClock.Ticks(settings.DirectPathLifetime);

    /// <summary>Of an idle connection in this phase.</summary>
    public uint Of(IpProtocol protocol, TcpPhase phase) =>
        protocol != IpProtocol.Tcp ? datagram : phase == TcpPhase.Established ? established : transient;
}
