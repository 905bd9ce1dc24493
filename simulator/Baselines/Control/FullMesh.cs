namespace MizarLab.Baselines;

/// <summary>
/// Preprogrammed (Andromeda §2, Neutron's l2pop, OVN): the controller tells every host of every endpoint, the endpoint's own too. h messages an endpoint, n rows a host, a tunnel a
/// pair of hosts (spec 12 §3.1).
/// </summary>
/// <remarks>A partition writes endpoint by endpoint, each to all of its hosts.</remarks>
public sealed class FullMesh(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Partitions;

    public override int Receivers => Shape.Hosts;

    public override int FirstHost => 0;

    public override long Sessions => (long)Shape.Hosts * (Shape.Hosts - 1) / 2;

    public override bool HasTrains => true;

    public override long MessagesAtMost => (long)Shape.Endpoints * Shape.Updates * Shape.Hosts;

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int update = 0; update < Shape.Endpoints * Shape.Updates; update++)
        {
            for (int host = sender; host < Shape.Hosts; host += Shape.Partitions)
            {
                yield return new ControlMessage(host, update / Shape.Updates, 1);
            }
        }
    }

    public override IEnumerable<ControlTrain> TrainsOf(int sender)
    {
        int own = ShareOf(sender, Shape.Hosts);
        for (int i = 0; i < own; i++)
        {
            yield return new ControlTrain(sender + (i * Shape.Partitions), i, own, Shape.Endpoints * Shape.Updates);
        }
    }
}
