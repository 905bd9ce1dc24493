using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>Mean waits that queueing theory knows exactly (spec 12 §6.2). Service takes one unit in the mean; warm-up is over twenty relaxation times.</summary>
public sealed class QueueAnchorTests
{
    private const int Customers = 60_000;
    private const int WarmUp = 6_000;

    public static TheoryData<string, int, double, IDistribution, double> Anchors => new()
    {
        { "M/M/1", 1, 0.8, QueueingNet.Exponential(1), 4.0 },
        { "M/D/1", 1, 0.8, QueueingNet.Constant(1), 2.0 },
        { "M/G/1 at 0.5", 1, 0.25, new TwoPoint(QueueingNet.Unit, 0.9, 11 * QueueingNet.Unit), 3.25 },
        { "M/G/1 at 0.8", 1, 0.8, new TwoPoint(QueueingNet.Unit / 2, 0.9, 5.5 * QueueingNet.Unit), 6.5 },
        { "M/M/4", 4, 3, QueueingNet.Exponential(1), 0.509434 },
        { "M/M/8", 8, 6.4, QueueingNet.Exponential(1), 0.286028 },
        { "M/D/2", 2, 1.6, QueueingNet.Constant(1), 0.903284 },
        { "M/D/4", 4, 3.2, QueueingNet.Constant(1), 0.386095 },
        { "M/D/8", 8, 6.4, QueueingNet.Constant(1), 0.151954 },
    };

    [Theory]
    [MemberData(nameof(Anchors))]
    public void The_mean_wait_is_that_of_theory(string name, int servers, double rate, IDistribution service, double wait) =>
        Replications.AssertNear(wait, 0.03, Replications.Of(seed => MeanWait(seed, name, new Station(servers), rate, service)));

    /// <summary>Erlang's C formula, and the recursion N' = (N − c)⁺ + Poisson(λD), give the numbers that the waits above are compared with.</summary>
    [Fact]
    public void The_numbers_above_are_those_of_the_formulas()
    {
        Assert.Equal(0.509434, Formulas.ErlangC(4, 3) / (4 - 3), 1e-6);
        Assert.Equal(0.286028, Formulas.ErlangC(8, 6.4) / (8 - 6.4), 1e-6);
        foreach ((int servers, double wait) in ((int, double)[])[(1, 2.0), (2, 0.903284), (4, 0.386095), (8, 0.151954)])
        {
            Assert.Equal(wait, Formulas.MDcWait(servers, 0.8 * servers), 1e-5);
        }
    }

    [Fact]
    public void The_number_in_an_MM1_queue_is_geometric()
    {
        const int told = 6;
        Moments[] shares = new Moments[told];
        for (ulong seed = 1; seed <= (ulong)Replications.Count; seed++)
        {
            QueueingNet net = new(seed);
            QueueingNet.Stage stage = net.AddStage("s", new Station(), QueueingNet.Exponential(1));
            net.AddSource("a", QueueingNet.Exponential(1 / 0.8), stage, Customers);
            long[] time = new long[told];
            (SimTime since, SimTime total) = (SimTime.Zero, SimTime.Zero);
            stage.OnArrival = (before, _) => Passed(before, net.Simulation.Now);
            stage.OnDeparture = now => Passed(stage.Present + 1, now);
            net.Run();
            for (int n = 0; n < told; n++)
            {
                shares[n].Add((double)time[n] / total.Picoseconds);
            }

            void Passed(int present, SimTime now)
            {
                if (present < told)
                {
                    time[present] += (now - since).Picoseconds;
                }
                total += now - since;
                since = now;
            }
        }
        for (int n = 0; n < told; n++)
        {
            Replications.AssertNear(0.2 * Math.Pow(0.8, n), 0.02, shares[n]);
        }
    }

    [Fact]
    public void The_99th_percentile_of_an_MM1_sojourn_is_ln_100_mean_sojourns() =>
        Replications.AssertNear(23.026, 0.03, Replications.Of(seed =>
        {
            Histogram sojourns = new(SimTime.FromSeconds(1).Picoseconds);
            RunOne(seed, "p99", new Station(), 0.8, QueueingNet.Exponential(1), (sojourn, _) => sojourns.Record(sojourn.Picoseconds));
            return sojourns.Quantile(0.99) / (double)QueueingNet.Unit;
        }));

    /// <summary>One customer a run, so that the numbers are independent: Kolmogorov's √n D passes 2.23 once in ten thousand times.</summary>
    [Fact]
    public void An_MM1_sojourn_is_exponential()
    {
        const int runs = 1_000;
        double[] sojourns = new double[runs];
        Exponential gaps = new(1 / 0.5);
        Exponential services = new(1);
        for (int run = 0; run < runs; run++)
        {
            RandomStream random = new((ulong)run + 1, "ks");
            Station station = new();
            (double now, SimTime departure, SimTime at) = (0, default, default);
            for (int i = 0; i < 300; i++)
            {
                now += gaps.Next(random);
                at = new SimTime((long)(now * QueueingNet.Unit));
                Assert.True(station.TryEnter(at, new SimTime((long)(services.Next(random) * QueueingNet.Unit)), out departure));
            }
            sojourns[run] = QueueingNet.InUnits(departure - at);
        }
        Array.Sort(sojourns);
        double distance = sojourns.Select((s, i) => Math.Max(Math.Abs(1 - Math.Exp(-s / 2) - ((double)i / runs)), Math.Abs(1 - Math.Exp(-s / 2) - ((i + 1.0) / runs)))).Max();
        Assert.InRange(distance * Math.Sqrt(runs), 0, 2.23);
    }

    private static double MeanWait(ulong seed, string name, Station station, double rate, IDistribution service)
    {
        Moments waits = default;
        RunOne(seed, name, station, rate, service, (sojourn, served) => waits.Add(QueueingNet.InUnits(sojourn - served)));
        return waits.Mean;
    }

    private static void RunOne(ulong seed, string name, Station station, double rate, IDistribution service, Action<SimTime, SimTime> customer)
    {
        QueueingNet net = new(seed);
        QueueingNet.Stage stage = net.AddStage(name, station, service);
        net.AddSource(name, QueueingNet.Exponential(1 / rate), stage, Customers + WarmUp);
        stage.OnArrival = (_, sojourn) =>
        {
            if (net.Sent > WarmUp)
            {
                customer(sojourn, stage.Service);
            }
        };
        net.Run();
    }
}
