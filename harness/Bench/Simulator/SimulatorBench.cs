using System.Diagnostics;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Harness.Running;

namespace MizarLab.Harness.Bench;

/// <summary>
/// Runs the relay workload row by row: a run is built, warmed up, laid into large pages as a long run is (<see cref="LargePages"/>), and then measured in stretches of equal simulated time, of which the fastest counts. A run
/// whose packets do not add up, whose latency is not what the fabric's is, or that another number of threads changes, is wrong whatever its speed.
/// </summary>
public sealed class SimulatorBench(SimulatorEffort effort, Action<string> progress)
{
    /// <summary>Of simulated time before measuring: the longest way several times over, so that as much is on the way as ever will be.</summary>
    private static readonly SimTime Filling = SimTime.FromMicroseconds(40);

    /// <summary>
    /// Bare on the star of 1 000: four links of 1 us and 85.12 ns make 4 340.48; waiting adds what periodic sources of a load of a sixth at each of three shared
    /// queues do, some 20 to 40 ns.
    /// </summary>
    private const double StarLatency = 4_360, StarTolerance = 25;

    private readonly SortedDictionary<string, string> fingerprints = new(StringComparer.Ordinal);

    /// <summary>Names of all rows, in order.</summary>
    public static IEnumerable<string> Names => SimulatorCase.All.Select(row => row.Name);

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<SimulatorRow> Run(Func<string, bool> wanted, CancellationToken cancel)
    {
        List<SimulatorRow> rows = [];
        foreach (SimulatorCase row in SimulatorCase.All.Where(row => wanted(row.Name)))
        {
            rows.Add(Measure(row, cancel));
        }
        return rows;
    }

    internal SimulatorRow Measure(SimulatorCase row, CancellationToken cancel)
    {
        progress($"{row.Name}: building");
        PeakMemory.Restart();
        RelayNetwork network = RelayNetworks.Build(row, effort);
        progress($"{row.Name}: warming up");
        SimTime stretch = row.TimeFor(effort.Hops);
        network.RunFor(Filling, row.Threads, cancel);
        network.RunFor(stretch, row.Threads, cancel);
        GC.Collect();
        LargePages.Gather();
        RelayTotals start = network.Totals;
        int collections = GC.CollectionCount(0);
        (double Rate, RelayTotals Done, double Wall, double Cpu, double Look) best = default;
        List<double> repeats = [];
        double peak = 0;
        double look = LookAside(ref peak);
        for (int repeat = 0; repeat < effort.Repeats; repeat++)
        {
            progress($"{row.Name}: {repeat + 1} of {effort.Repeats}");
            RelayTotals before = network.Totals;
            TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
            long began = Stopwatch.GetTimestamp();
            network.RunFor(stretch, row.Threads, cancel);
            double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
            double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds;
            RelayTotals done = network.Totals.Since(before);
            repeats.Add(done.Hops / wall);
            double lookBefore = look;
            look = LookAside(ref peak);
            if (done.Hops / wall > best.Rate)
            {
                best = (done.Hops / wall, done, wall, cpu, (lookBefore + look) / 2);
            }
        }
        collections = GC.CollectionCount(0) - collections;
        RelayTotals measured = network.Totals.Since(start);
        TraceExtent? traced = null;
        if (effort.Sample is not null && row.Plane != RelayPlane.Bare)
        {
            SampledTrace trace = network.TakeTrace();
            effort.Traced?.Invoke(row.Name, trace);
            traced = TraceExtent.Of(trace);
        }
        string fingerprint = network.Fingerprint.ToString("x32");
        return new SimulatorRow(
            row.Topology, row.Droplets, row.Plane == RelayPlane.Bare ? "bare" : "lab", row.Plane == RelayPlane.LabDirect, row.Threads, network.FrameBytes,
            best.Rate, best.Done.Events / best.Wall, best.Cpu, best.Wall, Math.Max(peak, PeakMemory.Megabytes), measured.MeanLatencyNanoseconds, best.Done.Hops,
            collections, fingerprint, Judge(row, network.Totals, measured, fingerprint))
        {
            Tiers = network.Tiers,
            SimulatedSeconds = network.Now.Picoseconds / 1e12,
            Repeats = repeats,
            LookNanoseconds = best.Look,
            Trace = traced,
        };
    }

    /// <summary>What memory costs now; the peak so far is read before, and is the run's alone.</summary>
    private static double LookAside(ref double peak)
    {
        peak = Math.Max(peak, PeakMemory.Megabytes);
        double look = MemoryLook.Nanoseconds();
        PeakMemory.Mark();
        return look;
    }

    /// <summary>What is wrong with the run, or null.</summary>
    private string? Judge(SimulatorCase row, RelayTotals whole, RelayTotals measured, string fingerprint)
    {
        if (!whole.IsConserved)
        {
            return $"{whole.Sent} packets were sent, but {whole.Arrived} arrived, {whole.Lost} were lost, {whole.Ended} ended in programs and {whole.InFlight} are on their way";
        }
        if (whole.Lost + whole.Ended > 0)
        {
            return $"{whole.Lost} packets were lost and {whole.Ended} ended in programs, on links without limit";
        }
        if (measured.Arrived == 0)
        {
            return "no packet arrived";
        }
        double latency = measured.MeanLatencyNanoseconds;
        if (row is { Plane: RelayPlane.Bare, Droplets: 1_000 } && row.Topology == "star" && Math.Abs(latency - StarLatency) > StarTolerance)
        {
            return $"the mean latency is {latency:0.0} ns, not about {StarLatency:0}";
        }
        string run = row.Alone.Name;
        if (fingerprints.TryGetValue(run, out string? other) && other != fingerprint)
        {
            return $"the fingerprint is {fingerprint}, and another number of threads had {other}";
        }
        fingerprints[run] = fingerprint;
        return null;
    }
}
