namespace MizarLab.Baselines;

/// <summary>
/// EVPN with a session between each two hosts: the endpoint's host tells all others itself, h − 1 updates an endpoint and h (h − 1)/2 sessions (spec 12 §3.1). A host tells
/// its right neighbour first and so on round, so that no host is told by all at once.
/// </summary>
public sealed class EvpnMesh(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Hosts;

    public override int Receivers => Shape.Hosts;

    public override int FirstHost => 0;

    public override long Sessions => (long)Shape.Hosts * (Shape.Hosts - 1) / 2;

    public override long MessagesAtMost => (long)Shape.Endpoints * (Shape.Hosts - 1);

    public override int OwnRows(int host) => Shape.HostedOn(host);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = sender; endpoint < Shape.Endpoints; endpoint += Shape.Hosts)
        {
            for (int step = 1; step < Shape.Hosts; step++)
            {
                yield return new ControlMessage((sender + step) % Shape.Hosts, endpoint, 1);
            }
        }
    }
}
