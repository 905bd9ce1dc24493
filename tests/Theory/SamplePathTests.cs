using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>Laws that hold on every path, to the last picosecond (spec 12 §6.1), on stations. Lindley, Little and conservation are asked for by every <see cref="QueueingNet"/>.</summary>
public sealed class SamplePathTests
{
    private static readonly double[] Loads = [0.3, 0.8, 0.99, 1.2];

    [Fact]
    public void Lindley_Little_and_conservation_hold_for_any_servers_places_and_laws()
    {
        foreach (double load in Loads)
        {
            foreach ((int servers, int places) in ((int, int)[])[(1, int.MaxValue), (1, 1), (1, 5), (3, int.MaxValue), (3, 3), (8, 11)])
            {
                foreach (IDistribution service in (IDistribution[])
                    [QueueingNet.Exponential(1), QueueingNet.Constant(1), new BoundedPareto(1.3, 1e5, 1e8), new Constant(0), new TwoPoint(0, 0.5, 2e6)])
                {
                    for (ulong seed = 1; seed <= 10; seed++)
                    {
                        QueueingNet net = new(seed);
                        QueueingNet.Stage stage = net.AddStage("s", new Station(servers, places), service);
                        net.AddSource("a", new Exponential(Math.Max(1, service.Mean) / load / servers), stage, 200);
                        net.AddSource("b", new Constant(service.Mean + 3), stage, 60); // Arrivals that meet departures to the picosecond.
                        net.Run();
                    }
                }
            }
        }
    }

    /// <summary>A checker that cannot fail checks nothing: each lie about a queue is found out.</summary>
    [Fact]
    public void A_witness_finds_every_kind_of_fault()
    {
        SimTime service = new(10);
        Assert.Contains("Lindley", Fault(w => w.Took(new SimTime(5), service, new SimTime(6), 0)), StringComparison.Ordinal);
        Assert.Contains("Lindley", Fault(w => Take(w, (0, 0), (5, 9))), StringComparison.Ordinal);
        Assert.Contains("Lindley", Fault(w => Take(w, (0, 0), (5, 11))), StringComparison.Ordinal);
        Assert.Contains("wait, but", Fault(w => w.Took(new SimTime(5), service, new SimTime(5), 1)), StringComparison.Ordinal);
        Assert.Contains("turned away", Fault(w => w.Refused(new SimTime(3))), StringComparison.Ordinal);
        QueueLedger honest = new("q");
        Take(honest, (0, 0), (5, 10), (7, 20));
        honest.Close(new SimTime(12));
        honest.Close(new SimTime(40));
        Assert.Equal((3, 5 + 13), (honest.Taken, (int)honest.Waits));

        void Take(IQueueWitness witness, params (long Arrival, long Start)[] customers)
        {
            foreach ((long arrival, long start) in customers)
            {
                witness.Took(new SimTime(arrival), service, new SimTime(start), -1);
            }
        }

        static string Fault(Action<IQueueWitness> lie) => Assert.Throws<IdentityException>(() => lie(new QueueLedger("q"))).Message;
    }

    [Fact]
    public void What_is_lost_when_a_queue_is_emptied_is_counted_to_the_picosecond()
    {
        QueueLedger ledger = new("link");
        ledger.Took(new SimTime(0), new SimTime(10), new SimTime(0), 0);
        ledger.Took(new SimTime(2), new SimTime(10), new SimTime(10), 0);
        ledger.Emptied(new SimTime(12));
        ledger.Took(new SimTime(15), new SimTime(10), new SimTime(15), 0);
        ledger.Close(new SimTime(30));
        Assert.Equal(1, ledger.Lost);
    }

    /// <summary>Equal service: c servers with one queue are c queues fed in turn, customer by customer (identity 4).</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Equal_service_by_several_servers_is_round_robin(int servers)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            Station together = new(servers);
            Station[] apart = [.. Enumerable.Range(0, servers).Select(_ => new Station())];
            RandomStream random = new(seed, "round robin");
            Exponential gaps = new(1_000_000 / (0.9 * servers));
            SimTime now = SimTime.Zero;
            SimTime service = new(1_000_000);
            for (int i = 0; i < 2_000; i++)
            {
                now += gaps.NextTime(random);
                Assert.True(together.TryEnter(now, service, out SimTime departure));
                Assert.True(apart[i % servers].TryEnter(now, service, out SimTime alone));
                Assert.Equal(alone, departure);
            }
        }
    }

    /// <summary>Host, bouncer, divider, bouncer of equal constant service: only the first has a queue (identity 5).</summary>
    [Fact]
    public void Only_the_first_of_equal_servers_in_a_row_has_a_queue()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            AssertOnlyTheFirstHasAQueue(seed);
        }
    }

    private static void AssertOnlyTheFirstHasAQueue(ulong seed)
    {
        QueueingNet net = new(seed);
        QueueingNet.Stage[] stages = new QueueingNet.Stage[4];
        int[] waited = new int[4];
        for (int i = 3; i >= 0; i--)
        {
            QueueingNet.Stage? next = i < 3 ? stages[i + 1] : null;
            int place = i;
            stages[i] = net.AddStage($"stage {i}", new Station(), QueueingNet.Constant(1), _ => next);
            stages[i].OnArrival = (_, sojourn) => waited[place] += sojourn > new SimTime(QueueingNet.Unit) ? 1 : 0;
        }
        net.AddSource("a", QueueingNet.Exponential(1 / 0.9), stages[0], 2_000);
        net.Run();
        Assert.InRange(waited[0], 1_200, 2_000);
        Assert.Equal([0, 0, 0], waited[1..]);
    }

    /// <summary>All times three times as long: everything that comes out is three times as long (identity 6).</summary>
    [Fact]
    public void Scaled_times_give_scaled_results()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            List<SimTime> one = Sojourns(seed, scale: 1);
            List<SimTime> three = Sojourns(seed, scale: 3);
            Assert.Equal(1_000, one.Count);
            Assert.Equal(one.Select(t => new SimTime(t.Picoseconds * 3)), three);
        }

        static List<SimTime> Sojourns(ulong seed, int scale)
        {
            Station station = new(2, 9);
            RandomStream random = new(seed, "scale");
            Exponential gaps = new(550_000);
            Exponential service = new(1_000_000);
            SimTime now = SimTime.Zero;
            List<SimTime> sojourns = [];
            for (int i = 0; i < 1_000; i++)
            {
                now += new SimTime(gaps.NextTime(random).Picoseconds * scale);
                bool taken = station.TryEnter(now, new SimTime(service.NextTime(random).Picoseconds * scale), out SimTime departure);
                sojourns.Add(taken ? departure - now : SimTime.Zero);
            }
            return sojourns;
        }
    }

    /// <summary>Whoever shares nothing with a tenant does not change what it sees, and neither does the order in which nodes were made (identity 6).</summary>
    [Fact]
    public void Other_tenants_and_names_change_nothing()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            List<(SimTime, SimTime)> alone = Trace(seed, others: 0, lastFirst: false);
            Assert.Equal(alone, Trace(seed, others: 1, lastFirst: false));
            Assert.Equal(alone, Trace(seed, others: 3, lastFirst: true));
        }

        static List<(SimTime, SimTime)> Trace(ulong seed, int others, bool lastFirst)
        {
            QueueingNet net = new(seed);
            List<(SimTime, SimTime)> trace = [];
            for (int i = 0; i <= others; i++)
            {
                bool own = i == (lastFirst ? others : 0);
                QueueingNet.Stage stage = net.AddStage(own ? "mine" : $"other {i}", new Station(), QueueingNet.Exponential(1));
                net.AddSource(own ? "mine" : $"other {i}", QueueingNet.Exponential(1.2), stage, 500);
                if (own)
                {
                    stage.OnArrival = (_, sojourn) => trace.Add((net.Simulation.Now, sojourn));
                }
            }
            net.Run();
            return trace;
        }
    }

    [Fact]
    public void A_station_counts_who_is_there()
    {
        Station station = new(2, 3);
        Assert.True(station.TryEnter(SimTime.Zero, new SimTime(10), out _));
        Assert.True(station.TryEnter(new SimTime(1), new SimTime(4), out _));
        Assert.True(station.TryEnter(new SimTime(2), new SimTime(4), out SimTime third));
        Assert.False(station.TryEnter(new SimTime(3), new SimTime(4), out _));
        Assert.Equal((new SimTime(9), 1, 3), (third, station.WaitingAt(new SimTime(3)), station.PresentAt(new SimTime(3))));
        Assert.Equal((0, 2), (station.WaitingAt(new SimTime(5)), station.PresentAt(new SimTime(5))));
        Assert.Equal(0, station.PresentAt(new SimTime(10)));
        Assert.Equal((3, 1), (station.Taken, station.Refused));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Station(3, 2));
    }
}
