using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>How much is left to gateways and bouncers, and what hosts hold for it (spec 12 §1.3, §6.2, §8 E3, E4, E15), under ten seeds.</summary>
public sealed class TrafficLawTests
{
    private const double Active = 0.16, Sigma = 4.82;
    private const int Draws = 200_000;
    private static readonly CloudMatrix Cloud = new(Active, 78, Sigma);

    /// <summary>
    /// With a share f of all pairs offloaded, the busiest first, Φ(z(1 − f/0.16) − σ) of the bytes are left. A run's error is that of its packets and, since it finds the threshold among its own pairs, that
    /// of a quantile: √(f/N) times how fast the residual falls with f.
    /// </summary>
    [Theory]
    [InlineData(1e-3, 0.0101)]
    [InlineData(2e-3, 0.0049)]
    [InlineData(5e-3, 0.0015)]
    [InlineData(1e-2, 0.0005)]
    public void Offloading_leaves_the_closed_form(double share, double printed)
    {
        double z = Formulas.Quantile(1 - (share / Active)), residual = Formulas.Normal(z - Sigma);
        Assert.Equal(printed, residual, 0.04 * printed);
        double fall = Math.Exp((z * Sigma) - (Sigma * Sigma / 2)) / Active;
        double deviation = Math.Sqrt((residual + (fall * fall * share)) / Draws);
        Left(Cloud).Holds();
        Left(Cloud with { Sigma = 4.4 }).Fails();
        Left(Cloud with { Active = 0.4 }).Fails();

        Law Left(CloudMatrix matrix) => Law.Statistical(residual, deviation, Offload(ArchitectureKind.Hoverboard, share, matrix), "residual");
    }

    /// <summary>98 % of pairs are below 20 kb/s; Mizar holds a row for every address one of a host's m endpoints talks to, n (1 − (1 − p)^m), an on-demand controller one a pair, a full mesh n.</summary>
    [Fact]
    public void Rows_are_of_addresses_or_of_pairs()
    {
        const int endpoints = 1_000, hosted = 4, others = endpoints - hosted;
        TenRuns hoverboard = Runs(ArchitectureKind.Hoverboard), mizar = Runs(ArchitectureKind.Mizar), asked = Runs(ArchitectureKind.OnDemand);
        double slow = 1 - (Active * (1 - Formulas.Normal(Math.Log(20_000 / 78.0) / Sigma)));
        Assert.Equal(0.98, slow, 0.001);
        Of(hoverboard, "below_20k", slow, Formulas.BinomialDeviation(slow, Draws)).Holds();
        Of(Runs(ArchitectureKind.Lab), "offloaded", Active, Formulas.BinomialDeviation(Active, Draws)).Holds();
        Of(hoverboard, "offloaded", Active, Formulas.BinomialDeviation(Active, Draws)).Fails();
        double met = 1 - Math.Pow(1 - Active, hosted);
        Of(mizar, "rows", others * met, others * Formulas.BinomialDeviation(met, (double)Draws / hosted)).Holds();
        Of(asked, "rows", others * met, others * Formulas.BinomialDeviation(met, (double)Draws / hosted)).Fails();
        Of(asked, "rows", others * Active * hosted, others * hosted * Formulas.BinomialDeviation(Active, Draws)).Holds();
        Law.Exact(seed => (endpoints, Ran.Value(Offload(ArchitectureKind.FullMesh, 1e-3, Cloud), "rows", seed))).Holds();

        static Law Of(TenRuns runs, string measure, double says, double deviation) => Law.Statistical(says, deviation, runs, measure);

        static TenRuns Runs(ArchitectureKind architecture) => new(Offload(architecture, 1e-3, Cloud));
    }

    /// <summary>Distinct peers of a host's m endpoints: (n − m)(1 − (1 − p)^m), as many entries while there is room, and not one evicted.</summary>
    [Theory]
    [InlineData(1_000, 4)]
    [InlineData(10_000, 1)]
    public void A_host_holds_an_entry_for_each_distinct_peer(int endpoints, int hosted)
    {
        double met = 1 - Math.Pow(1 - Active, hosted);
        Peers(Active).Holds();
        Peers(Active * 1.2).Fails();
        Entries(50_000).Holds();
        Entries(100).Fails();

        Law Peers(double ran) => Law.Statistical((endpoints - hosted) * met, Math.Sqrt((endpoints - hosted) * met * (1 - met)), new HostCacheStudy(endpoints, hosted, ran, 50_000, false, default), "peers");

        Law Entries(int capacity) => Law.Exact(seed =>
        {
            HostCacheStudy study = new(endpoints, hosted, Active, capacity, false, default);
            return (Ran.Value(study, "peers", seed), Ran.Value(study, "entries", seed) - Ran.Value(study, "evicted", seed));
        });
    }

    /// <summary>A relay whose service has a tail makes packets wait as Pollaczek and Khinchine say.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void A_relay_makes_packets_wait_as_Pollaczek_and_Khinchine_say(double load)
    {
        const int packets = 60_000;

        // Nine in ten take 0.5 µs and one 5.5 µs: E[S] = 1, and E[S²], E[S³], E[S⁴] are
        double[] moments = [.. new[] { 2, 3, 4 }.Select(k => (0.9 * Math.Pow(0.5, k)) + (0.1 * Math.Pow(5.5, k)))];
        Assert.Equal(3.25, moments[0], 1e-12);
        Wait(ArchitectureKind.Hoverboard, load).Holds();
        Wait(ArchitectureKind.Hoverboard, load * 0.9).Fails();
        Wait(ArchitectureKind.Mizar, load).Fails();

        Law Wait(ArchitectureKind architecture, double ran) => Law.Statistical(
            1e-6 * Formulas.Wait(load, moments[0]), 1e-6 * Formulas.WaitDeviation(load, moments[0], moments[1], moments[2], packets),
            new GatewayOverloadStudy(architecture, ran, 10, packets, DataPlaneSettings.Lab), "wait");
    }

    /// <summary>Of a flow's packets and answers one passes a bouncer, and of Achelous' gateway two, the first each way.</summary>
    [Fact]
    public void One_packet_of_a_flow_passes_a_bouncer()
    {
        Share(ArchitectureKind.Mizar, flow => 1 / (2.0 * flow)).Holds();
        Share(ArchitectureKind.Lab, flow => 1 / (2.0 * flow)).Holds();
        Share(ArchitectureKind.Achelous, flow => 1.0 / flow).Holds();
        Share(ArchitectureKind.Achelous, flow => 1 / (2.0 * flow)).Fails();

        static Law Share(ArchitectureKind architecture, Func<int, double> says) => Law.Exact(seed =>
        {
            int flow = Law.Drawn(Law.DrawsOf(seed, "flow"), 2, 60);
            return (says(flow), Ran.Value(new GatewayOverloadStudy(architecture, 0.5, flow, 10, DataPlaneSettings.Lab), "share", seed));
        });
    }

    /// <summary>The deviation of a mean wait that these bands come of, with exponential service, is the ρ(2 + 5ρ − 4ρ² + ρ³)/(1 − ρ)⁴ of spec 12 §6.2.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.8)]
    public void The_variance_of_a_mean_wait_is_MM1s(double load)
    {
        double known = load * (2 + (5 * load) - (4 * load * load) + (load * load * load)) / Math.Pow(1 - load, 4);
        Assert.Equal(Math.Sqrt(known), Formulas.WaitDeviation(load, 2, 6, 24, 1), 1e-9);
        Assert.Equal(0.022, load < 0.8 ? 0.022 : Formulas.WaitDeviation(0.8, 2, 6, 24, 4_000_000), 0.0005);
    }

    private static OffloadStudy Offload(ArchitectureKind architecture, double share, CloudMatrix matrix) =>
        new(architecture, new OffloadRule(null, share), matrix, Draws, SimTime.FromSeconds(1_800), 1_000, 250, DataPlaneSettings.Lab);
}
