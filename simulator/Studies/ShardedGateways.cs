using MizarLab.Baselines;
using MizarLab.Engine;

namespace MizarLab.Studies;

/// <summary>
/// What a direction without a row of its own goes by, where that is not Mizar's affair: a Hoverboard's or Achelous' host picks one of the gateways for each pair of addresses, an on-demand controller's
/// partitions answer each for its own endpoints (<see cref="OnDemand"/>), and hosts that know everybody (full mesh, EVPN) ask nobody, whoever fails.
/// </summary>
/// <param name="architecture">Not a Mizar.</param>
/// <param name="holders">Gateways, or partitions; number 0 fails.</param>
/// <param name="endpoints">On each side.</param>
/// <param name="hosts">They lie on, on each side.</param>
/// <param name="reversed">From the right to the left.</param>
/// <param name="liveness">Who is told: all hosts one after another, or nobody because another takes the address.</param>
/// <param name="seed">Of the hash.</param>
internal sealed class ShardedGateways(ArchitectureKind architecture, int holders, int endpoints, int hosts, bool reversed, Liveness liveness, ulong seed) : ShardSide
{
    /// <summary>Hosts, counted in order, that have been told.</summary>
    private int told;

    protected override int Updates => liveness switch
    {
        Liveness.None => 0,
        Liveness.Takeover => 1,
        _ => hosts,
    };

    public override bool IsLost(int from, int to) => told <= from % hosts && architecture switch
    {
        ArchitectureKind.Hoverboard or ArchitectureKind.Achelous => GatewayOf(from, to) == 0,
        ArchitectureKind.OnDemand => NumberOf(to, right: !reversed) % holders == 0,
        _ => false,
    };

    protected override void Apply(int update) => told = liveness == Liveness.Takeover ? hosts : update + 1;

    /// <summary>Of all endpoints; those of the right side come after the others.</summary>
    private int NumberOf(int endpoint, bool right) => right ? endpoints + endpoint : endpoint;

    private int GatewayOf(int from, int to)
    {
        StableHash hash = default;
        hash.Add((long)seed);
        hash.Add(NumberOf(from, reversed));
        hash.Add(NumberOf(to, !reversed));
        return (int)(hash.Finish() % (ulong)holders);
    }
}
