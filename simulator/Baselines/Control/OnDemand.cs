namespace MizarLab.Baselines;

/// <summary>
/// The host tells the controller of an endpoint it has got, and asks it of others when it first meets them (Andromeda's on-demand model, OpenFlow's reactive one). One message an endpoint, a
/// session a host (spec 12 §3.1).
/// </summary>
public sealed class OnDemand(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Hosts;

    /// <summary>The controller's partitions; an endpoint is its number modulo partitions' affair.</summary>
    public override int Receivers => Shape.Partitions;

    public override int FirstHost => Receivers;

    public override long Sessions => Shape.Hosts;

    public override long MessagesAtMost => Shape.Endpoints;

    public override int OwnRows(int host) => Shape.HostedOn(host);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = sender; endpoint < Shape.Endpoints; endpoint += Shape.Hosts)
        {
            yield return new ControlMessage(endpoint % Shape.Partitions, endpoint, 1);
        }
    }
}
