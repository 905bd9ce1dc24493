using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Tests.Theory;

/// <summary>Networks of queues, and what arrivals see (spec 12 §6.1.7, §6.2).</summary>
public sealed class NetworkAnchorTests
{
    private const int Customers = 60_000;
    private const int WarmUp = 6_000;

    /// <summary>
    /// Host → bouncer → (three tenths through a divider and back to the bouncer's stage) → out: λ = γ + λR gives the bouncer 0.6/0.7; a visit of
    /// stage i takes 1/(μᵢ − λᵢ), and by Little the whole way Σ λᵢ/(μᵢ − λᵢ)/γ.
    /// </summary>
    [Fact]
    public void A_Jackson_network_takes_the_sum_of_its_stages()
    {
        const double rate = 0.6;
        const double back = 0.3;
        const double bouncerRate = rate / (1 - back);
        double way = ((rate / (1 - rate)) + (bouncerRate / (1.2 - bouncerRate)) + (back * bouncerRate / (0.5 - (back * bouncerRate)))) / rate;
        Replications.AssertNear(way, 0.01, Replications.Of(seed =>
        {
            QueueingNet net = new(seed);
            Moments ways = default;
            QueueingNet.Stage? bouncer = null;
            QueueingNet.Stage divider = net.AddStage("divider", new Station(), QueueingNet.Exponential(2), _ => bouncer);
            bouncer = net.AddStage("bouncer", new Station(), QueueingNet.Exponential(1 / 1.2), random => random.NextUInt32() < back * 4294967296.0 ? divider : null);
            QueueingNet.Stage host = net.AddStage("host", new Station(), QueueingNet.Exponential(1), _ => bouncer);
            net.AddSource("vm", QueueingNet.Exponential(1 / rate), host, Customers + WarmUp);
            net.OnLeave = born =>
            {
                if (net.Left > WarmUp)
                {
                    ways.Add(QueueingNet.InUnits(net.Simulation.Now - born));
                }
            };
            net.Run();
            return ways.Mean;
        }));
    }

    /// <summary>Burke: what leaves an M/M/1 queue is Poisson: gaps have the mean and deviation of the exponential law, and do not remember each other.</summary>
    [Fact]
    public void Departures_of_an_MM1_queue_are_Poisson()
    {
        (Moments means, Moments ratios, Moments correlations) = (default, default, default);
        for (ulong seed = 1; seed <= (ulong)Replications.Count; seed++)
        {
            QueueingNet net = new(seed);
            QueueingNet.Stage stage = net.AddStage("s", new Station(), QueueingNet.Exponential(1));
            net.AddSource("a", QueueingNet.Exponential(1 / 0.8), stage, Customers + WarmUp);
            List<double> gaps = [];
            SimTime last = SimTime.Zero;
            stage.OnDeparture = now =>
            {
                // The last customers leave a queue that nobody joins.
                if (net.Sent is > WarmUp and < Customers + WarmUp)
                {
                    gaps.Add(QueueingNet.InUnits(now - last));
                }
                last = now;
            };
            net.Run();
            double mean = gaps.Average();
            double variance = gaps.Select(g => (g - mean) * (g - mean)).Average();
            means.Add(mean);
            ratios.Add(variance / (mean * mean));
            correlations.Add(1 + (gaps.Zip(gaps.Skip(1), (a, b) => (a - mean) * (b - mean)).Average() / variance));
        }
        Replications.AssertNear(1.25, 0.01, means);
        Replications.AssertNear(1, 0.01, ratios);
        Replications.AssertNear(1, 0.01, correlations);
    }

    /// <summary>Poisson arrivals see time averages; arrivals at equal distances do not, which shows that the test could tell.</summary>
    [Fact]
    public void Poisson_arrivals_see_time_averages()
    {
        Moments poisson = Replications.Of(seed => SeenLessAverage(seed, regular: false));
        Assert.InRange(poisson.StandardError, 0, 0.01);
        Assert.InRange(Math.Abs(poisson.Mean), 0, 5 * poisson.StandardError);
        Moments regular = Replications.Of(seed => SeenLessAverage(seed, regular: true));
        Assert.True(regular.Mean < -5 * regular.StandardError, $"{regular.Mean} ± {regular.StandardError}");

        static double SeenLessAverage(ulong seed, bool regular)
        {
            QueueingNet net = new(seed);
            QueueingNet.Stage stage = net.AddStage("s", new Station(), QueueingNet.Exponential(1));
            net.AddSource("a", regular ? QueueingNet.Constant(1 / 0.7) : QueueingNet.Exponential(1 / 0.7), stage, Customers);
            (double seen, int count, double average) = (0, 0, 0);
            stage.OnArrival = (before, _) =>
            {
                seen += before;
                count++;
                average = (double)stage.Area / net.Simulation.Now.Picoseconds;
            };
            net.Run();
            return (seen / count) - average;
        }
    }
}
