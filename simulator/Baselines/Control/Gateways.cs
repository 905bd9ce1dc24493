namespace MizarLab.Baselines;

/// <summary>
/// The controller tells the gateways of every endpoint, and the endpoint's own host: g + 1 messages (spec 12 §3.1). That is Andromeda's Hoverboard, whose hosts get rows for busy flows
/// besides, and Achelous, whose hosts learn rows from the gateways; both happen when packets are sent.
/// </summary>
public sealed class Gateways(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Partitions;

    public override int Receivers => Shape.Gateways + Shape.Hosts;

    public override int FirstHost => Shape.Gateways;

    public override long Sessions => 0;

    public override long MessagesAtMost => (long)Shape.Endpoints * (Shape.Gateways + 1);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = 0; endpoint < Shape.Endpoints; endpoint++)
        {
            for (int gateway = sender; gateway < Shape.Gateways; gateway += Shape.Partitions)
            {
                yield return new ControlMessage(gateway, endpoint, 1);
            }
            int host = FirstHost + Shape.HostOf(endpoint);
            if (host % Shape.Partitions == sender)
            {
                yield return new ControlMessage(host, endpoint, 1);
            }
        }
    }
}
