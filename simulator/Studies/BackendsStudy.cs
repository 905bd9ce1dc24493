using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// Connections of a service whose backends change (spec 09 Q21, 12 §4.2, §8 E18). Each connection is a client's datagrams to the service, from a port of its own: its first goes to the service's
/// bouncer, which picks a backend, and the client's host remembers it (§3.9). Then the management plane takes backends away or adds some, and every connection sends again: as its host
/// remembers it, and as it would be had the host forgotten, which is what becomes of a connection whose entry is evicted.
/// </summary>
/// <param name="before">Backends.</param>
/// <param name="after">Backends then: the last leave, new ones come last.</param>
/// <param name="connections">Of one client; no more than a host's NAT cache holds.</param>
/// <param name="idle">Between a connection's packets: nothing, or longer than entries live in the dialect <c>lab</c>.</param>
/// <param name="settings">How backends are sharded.</param>
public sealed class BackendsStudy(int before, int after, int connections, SimTime idle, DataPlaneSettings settings) : IStudy
{
    private const ushort FirstPort = 10_000;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("dead", "", "Share of connections that the client's host still sends to a backend that is gone"),
        new("moved", "", "Share of connections that get another backend once the client's host has forgotten them"),
        new("needless", "", "Of all connections, those among them whose backend is still there and was, as the new one was too"),
        new("max_over_mean", "", "Connections of the busiest backend over the mean, before"),
        new("cv", "", "Coefficient of variation of connections by backend, before"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId client = net.Droplet(), bouncer = net.Droplet(), divider = net.Droplet();
        NetworkId network = net.Network(net.Vpc(divider), bouncer);
        EndpointId from = net.Endpoint(network, client);
        EndpointId[] backends = [.. Enumerable.Range(0, Math.Max(before, after)).Select(_ => net.Endpoint(network, net.Droplet()))];
        ServiceId service = net.Service(network, backends.AsSpan(0, before));
        List<int> steps = [];
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
        RunningNet running = net.Begin(settings);
        Client all = new(net, running, client, from, service, FirstPortOf(run.Seed), connections, run.Cancel);
        int[] had = all.Send(backends);
        steps.ForEach(running.Tell);
        running.Wait(idle, run.Cancel);
        int[] has = all.Send(backends);
        all.Forget();
        int[] anew = all.Send(backends);

        long[] load = new long[before];
        (int dead, int moved, int needless) = (0, 0, 0);
        for (int i = 0; i < connections; i++)
        {
            load[had[i]]++;
            dead += has[i] >= after ? 1 : 0;
            moved += anew[i] != had[i] ? 1 : 0;
            needless += anew[i] != had[i] && had[i] < after && anew[i] < before ? 1 : 0;
        }
        double mean = (double)connections / before;
        double variance = load.Sum(each => (each - mean) * (each - mean)) / before;
        double of = connections;
        return StudyResult.Of(dead / of, moved / of, needless / of, load.Max() / mean, Math.Sqrt(variance) / mean);
    }

    /// <summary>Ports differ from seed to seed, so that replications hash other connections.</summary>
    private ushort FirstPortOf(ulong seed) => (ushort)(FirstPort + new RandomStream(seed, "backends/ports").NextBelow((uint)Math.Max(1, ushort.MaxValue - FirstPort - connections)));

    /// <summary>The client's side: what it sends, and whom its host then takes each connection to.</summary>
    private sealed class Client(StudyNet net, RunningNet running, DropletId host, EndpointId from, ServiceId service, ushort firstPort, int connections, CancellationToken cancel)
    {
        /// <summary>Every connection sends one packet; the answer is the backend of each by its place in the list.</summary>
        public int[] Send(EndpointId[] backends)
        {
            for (int i = 0; i < connections; i++)
            {
                running.Send(from, net.Datagram(from, net.AddressOf(service), (ushort)(firstPort + i), StudyNet.ServicePort));
                running.Settle(cancel);
            }
            int[] picked = new int[connections];
            Array.Fill(picked, -1);
            foreach (KeyValuePair<NatKey, NatValue> row in running.Model.Rows(host, Tables.ForwardNat))
            {
                picked[row.Key.Flow.SourcePort - firstPort] = Array.FindIndex(backends, b => net.AddressOf(b) == row.Value.Destination);
            }
            return Array.IndexOf(picked, -1) < 0 ? picked : throw new InvalidOperationException("a connection has no backend: the NAT cache is smaller than the study's connections");
        }

        /// <summary>As if others' connections had pushed these out of the cache.</summary>
        public void Forget()
        {
            foreach (KeyValuePair<NatKey, NatValue> row in running.Model.Rows(host, Tables.ForwardNat))
            {
                running.Model.Delete(host, Tables.ForwardNat, row.Key);
            }
        }
    }
}
