namespace MizarLab.Baselines;

/// <summary>
/// EVPN with route reflectors (RFC 7432, RFC 4456): the endpoint's host announces it to each of r reflectors, and each of these to all hosts but that one, r + r (h − 1) updates an endpoint,
/// n rows a host, a session between each host and each reflector and between each two reflectors (spec 12 §3.1).
/// </summary>
/// <remarks>The reflectors are one cluster: what a client said they do not tell each other, for each heard it from the client.</remarks>
public sealed class Evpn(ControlShape shape) : ControlPlane(shape)
{
    public override int Senders => Shape.Hosts;

    public override int Receivers => Shape.Reflectors + Shape.Hosts;

    public override int Relays => Shape.Reflectors;

    public override int FirstHost => Shape.Reflectors;

    public override long Sessions => ((long)Shape.Reflectors * Shape.Hosts) + ((long)Shape.Reflectors * (Shape.Reflectors - 1) / 2);

    public override bool HasTrains => true;

    public override long MessagesAtMost => (long)Shape.Endpoints * Shape.Reflectors * Shape.Hosts;

    public override int OwnRows(int host) => Shape.HostedOn(host);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        for (int endpoint = sender; endpoint < Shape.Endpoints; endpoint += Shape.Hosts)
        {
            for (int reflector = 0; reflector < Shape.Reflectors; reflector++)
            {
                yield return new ControlMessage(reflector, endpoint, 1);
            }
        }
    }
}
