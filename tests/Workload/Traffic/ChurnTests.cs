using MizarLab.Engine;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Workload.Traffic;

public sealed class ChurnTests
{
    [Fact]
    public void Endpoints_are_created_moved_and_deleted_in_an_order_that_makes_sense()
    {
        Churn churn = new(8, Exponential.Spans(SimTime.FromMilliseconds(10)), new BoundedPareto(1.2, 1e9, 1e13)) { Stays = Exponential.Spans(SimTime.FromMilliseconds(50)), Limit = 30 };
        ChurnEvent[] events = [.. churn.Until(SimTime.FromSeconds(20), seed: 1)];
        SortedDictionary<int, int> there = [];
        SimTime last = SimTime.Zero;
        foreach (ChurnEvent change in events)
        {
            Assert.True(change.Time >= last);
            last = change.Time;
            switch (change.Kind)
            {
                case ChurnKind.Created:
                    there.Add(change.Endpoint, change.Droplet);
                    break;
                case ChurnKind.Moved:
                    Assert.NotEqual(there[change.Endpoint], change.Droplet);
                    there[change.Endpoint] = change.Droplet;
                    break;
                case ChurnKind.Deleted:
                    Assert.Equal(there[change.Endpoint], change.Droplet);
                    there.Remove(change.Endpoint);
                    break;
            }
            Assert.InRange(there.Count, 0, 30);
            Assert.InRange(change.Endpoint, 0, 29);
        }
        Assert.All(Enum.GetValues<ChurnKind>(), kind => Assert.InRange(events.Count(e => e.Kind == kind), 100, 20_000));
        Assert.Equal(events, churn.Until(SimTime.FromSeconds(20), seed: 1));
        Assert.NotEqual(events, churn.Until(SimTime.FromSeconds(20), seed: 2));
    }

    /// <summary>M/G/∞: whatever the law of life, rate × mean life are there, with that variance.</summary>
    [Fact]
    public void As_many_are_there_as_are_created_in_a_life()
    {
        Churn churn = new(4, Exponential.Spans(SimTime.FromMilliseconds(1)), new TwoPoint(5e9, 0.9, 355e9));
        int there = 0;
        List<double> seen = [];
        SimTime next = SimTime.FromSeconds(1);
        foreach (ChurnEvent change in churn.Until(SimTime.FromSeconds(60), seed: 3))
        {
            for (; next <= change.Time; next += SimTime.FromMilliseconds(400))
            {
                seen.Add(there);
            }
            there += change.Kind switch { ChurnKind.Created => 1, ChurnKind.Deleted => -1, _ => 0 };
        }
        // 40 in the mean; looks 400 ms apart are independent, for nobody lives so long.
        Assert.InRange(seen.Average(), 40 - (5 * Math.Sqrt(40.0 / seen.Count)), 40 + (5 * Math.Sqrt(40.0 / seen.Count)));
        double variance = seen.Select(n => (n - 40) * (n - 40)).Average();
        Assert.InRange(variance, 40 * (1 - (5 * Math.Sqrt(2.0 / seen.Count))), 40 * (1 + (5 * Math.Sqrt(2.0 / seen.Count))));
    }
}
