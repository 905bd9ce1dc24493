namespace MizarLab.Baselines;

/// <summary>VXLAN with head-end replication and nothing else: nobody is told of an endpoint. What it saves here it pays when packets are sent (spec 12 §3.1).</summary>
public sealed class FloodAndLearn(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => 0;

    public override int Receivers => 0;

    public override int FirstHost => 0;

    public override long Sessions => 0;

    public override long MessagesAtMost => 0;

    public override int OwnRows(int host) => Shape.HostedOn(host);

    public override IEnumerable<ControlMessage> MessagesOf(int sender) => [];
}
