using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Studies;

/// <summary>Who picks a connection's backend.</summary>
public enum BalancerKind : byte
{
    /// <summary>Mizar: its bouncer by a hash, once; then the client's host remembers.</summary>
    Mizar,

    /// <summary>A balancer on the way of every packet, which remembers: <see cref="Baselines.FewestConnections"/>.</summary>
    FewestConnections,

    /// <summary>One that has the connection's packets remember: <see cref="CookieBalancer"/>.</summary>
    Cookie,
}

/// <summary>
/// Connections of a service whose backends change (spec 09 Q21, 12 §4.2, §8 E18). Each connection is a client's datagrams to the service, from a port of its own: its first goes to the service's
/// bouncer, which picks a backend, and the client's host remembers it (§3.9). Then the management plane takes backends away or adds some, and every connection sends again: as its host
/// remembers it, and as it would be had the host forgotten, which is what becomes of a connection whose entry is evicted. Beside it balancers that every packet passes (spec 12 §4.3), which forget when
/// another instance takes over.
/// </summary>
/// <param name="before">Backends.</param>
/// <param name="after">Backends then: the last leave, new ones come last.</param>
/// <param name="connections">Of one client; no more than a host's NAT cache holds.</param>
/// <param name="idle">Between a connection's packets: nothing, or longer than entries live in the dialect <c>lab</c>.</param>
/// <param name="balancer">Who picks.</param>
/// <param name="choices">Backends that <see cref="BalancerKind.FewestConnections"/> draws for a connection.</param>
/// <param name="settings">How backends are sharded.</param>
public sealed class BackendsStudy(int before, int after, int connections, SimTime idle, BalancerKind balancer, int choices, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("dead", "", "Share of connections that the client's host still sends to a backend that is gone"),
        new("moved", "", "Share of connections that get another backend once the client's host, or the balancer, has forgotten them"),
        new("needless", "", "Of all connections, those among them whose backend is still there and was, as the new one was too"),
        new("max_over_mean", "", "Connections of the busiest backend over the mean, before"),
        new("cv", "", "Coefficient of variation of connections by backend, before"),
        new("rows", "rows", "That remember connections: at the client's host, at the balancer"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        IServiceSide side = balancer == BalancerKind.Mizar
            ? new MizarService(before, after, connections, idle, settings, run)
            : new BalancedService(BalancerOf(run.Seed), after, connections);
        int[] had = side.Send();
        int rows = side.Rows;
        side.Change();
        int[] has = side.Send();
        side.Forget();
        int[] anew = side.Send();

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
        return StudyResult.Of(dead / of, moved / of, needless / of, load.Max() / mean, Math.Sqrt(variance) / mean, rows);
    }

    private IBalancer BalancerOf(ulong seed)
    {
        int[] first = [.. Enumerable.Range(0, before)];
        return balancer == BalancerKind.Cookie ? new CookieBalancer(first, seed) : new FewestConnections(first, choices, seed);
    }
}
