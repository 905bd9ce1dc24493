namespace MizarLab.Baselines;

/// <summary>
/// The controller tells the gateways of every endpoint, and the endpoint's own host: g + 1 messages (spec 12 §3.1). That is Andromeda's Hoverboard, and Achelous, whose hosts learn rows from the
/// gateways when packets are sent. Hosts to which a Hoverboard has offloaded flows of the endpoint (<see cref="ControlShape.RowHolders"/>) are told too: g + 1 + p.
/// </summary>
public sealed class Gateways(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Partitions;

    public override int Receivers => Shape.Gateways + Shape.Hosts;

    public override int FirstHost => Shape.Gateways;

    public override long Sessions => 0;

    public override long MessagesAtMost => (long)Shape.Endpoints * (Shape.Gateways + 1 + Shape.RowHolders);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = 0; endpoint < Shape.Endpoints; endpoint++)
        {
            for (int gateway = sender; gateway < Shape.Gateways; gateway += Shape.Partitions)
            {
                yield return new ControlMessage(gateway, endpoint, 1);
            }
            for (int i = 0; i <= Shape.RowHolders; i++)
            {
                int host = FirstHost + Shape.HolderOf(endpoint, i);
                if (host % Shape.Partitions == sender)
                {
                    yield return new ControlMessage(host, endpoint, 1);
                }
            }
        }
    }
}
