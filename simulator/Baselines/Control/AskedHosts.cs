namespace MizarLab.Baselines;

/// <summary>
/// A controller that answers hosts' questions and remembers whom it told: when an endpoint moves, its new host and those that hold an answer about it are told, p + 1 messages and nobody else
/// (Andromeda's on-demand model, OpenFlow's reactive one). What the hosts asked before is <see cref="OnDemand"/>'s.
/// </summary>
public sealed class AskedHosts(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Partitions;

    public override int Receivers => Shape.Hosts;

    public override int FirstHost => 0;

    public override long Sessions => Shape.Hosts;

    public override long MessagesAtMost => (long)Shape.Endpoints * (Shape.RowHolders + 1);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = 0; endpoint < Shape.Endpoints; endpoint++)
        {
            for (int i = 0; i <= Shape.RowHolders; i++)
            {
                int host = Shape.HolderOf(endpoint, i);
                if (host % Shape.Partitions == sender)
                {
                    yield return new ControlMessage(host, endpoint, 1);
                }
            }
        }
    }
}
