using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>A service and one client's connections to it, as <see cref="BackendsStudy"/> needs them.</summary>
internal interface IServiceSide
{
    /// <summary>Every connection sends one packet; the answer is the backend of each by its place in the list.</summary>
    int[] Send();

    /// <summary>The backends become others.</summary>
    void Change();

    /// <summary>Whatever remembers connections forgets them.</summary>
    void Forget();

    /// <summary>Rows that remember them.</summary>
    int Rows { get; }
}

/// <summary>Behind a balancer that every packet passes.</summary>
internal sealed class BalancedService(IBalancer balancer, int after, int connections) : IServiceSide
{
    private readonly ushort?[] cookies = new ushort?[connections];

    public int Rows => balancer.Rows;

    public int[] Send()
    {
        int[] picked = new int[connections];
        for (int i = 0; i < connections; i++)
        {
            picked[i] = balancer.Pick(i, ref cookies[i]);
        }
        return picked;
    }

    public void Change() => balancer.Change([.. Enumerable.Range(0, after)]);

    public void Forget() => balancer.Forget();
}

/// <summary>Mizar's own: through the real programs, to whom the client's host then takes each connection.</summary>
internal sealed class MizarService : IServiceSide
{
    private const ushort FirstPort = 10_000;

    private readonly StudyNet net = new();
    private readonly RunningNet running;
    private readonly DropletId client;
    private readonly EndpointId from;
    private readonly EndpointId[] backends;
    private readonly ServiceId service;
    private readonly List<int> steps = [];
    private readonly int connections;
    private readonly SimTime idle;
    private readonly ushort firstPort;
    private readonly CancellationToken cancel;

    public MizarService(int before, int after, int connections, SimTime idle, DataPlaneSettings settings, in StudyRun run)
    {
        (this.connections, this.idle, cancel) = (connections, idle, run.Cancel);
        client = net.Droplet();
        DropletId bouncer = net.Droplet(), divider = net.Droplet();
        NetworkId network = net.Network(net.Vpc(divider), bouncer);
        from = net.Endpoint(network, client);
        backends = [.. Enumerable.Range(0, Math.Max(before, after)).Select(_ => net.Endpoint(network, net.Droplet()))];
        service = net.Service(network, backends.AsSpan(0, before));
        for (int i = before; i < after; i++)
        {
            EndpointId added = backends[i];
            steps.Add(net.Step((name, where) => new AddBackendStep(service, added) { Name = name, Where = where }));
        }
        for (int i = before; i > after; i--)
        {
            EndpointId removed = backends[i - 1];
            steps.Add(net.Step((name, where) => new RemoveBackendStep(service, removed) { Name = name, Where = where }));
        }
        // Ports differ from seed to seed, so that replications hash other connections.
        firstPort = (ushort)(FirstPort + new RandomStream(run.Seed, "backends/ports").NextBelow((uint)Math.Max(1, ushort.MaxValue - FirstPort - connections)));
        running = net.Begin(settings);
    }

    public int Rows => running.Model.Rows(client, Tables.ForwardNat).Count();

    public int[] Send()
    {
        for (int i = 0; i < connections; i++)
        {
            running.Send(from, net.Datagram(from, net.AddressOf(service), (ushort)(firstPort + i), StudyNet.ServicePort));
            running.Settle(cancel);
        }
        int[] picked = new int[connections];
        Array.Fill(picked, -1);
        foreach (KeyValuePair<NatKey, NatValue> row in running.Model.Rows(client, Tables.ForwardNat))
        {
            picked[row.Key.Flow.SourcePort - firstPort] = Array.FindIndex(backends, b => net.AddressOf(b) == row.Value.Destination);
        }
        return Array.IndexOf(picked, -1) < 0 ? picked : throw new InvalidOperationException("a connection has no backend: the NAT cache is smaller than the study's connections");
    }

    public void Change()
    {
        steps.ForEach(running.Tell);
        running.Wait(idle, cancel);
    }

    /// <summary>As if others' connections had pushed these out of the cache.</summary>
    public void Forget()
    {
        foreach (KeyValuePair<NatKey, NatValue> row in running.Model.Rows(client, Tables.ForwardNat))
        {
            running.Model.Delete(client, Tables.ForwardNat, row.Key);
        }
    }
}
