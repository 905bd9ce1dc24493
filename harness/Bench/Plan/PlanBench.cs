using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bench;

/// <summary>
/// Plans and builds large topologies by rule: how long, how much memory, and what a program run costs on tables of which nothing is near. A model that holds
/// other rows than the generators wrote on some droplets looked at, or that does not deliver, is wrong whatever its figures.
/// </summary>
public sealed class PlanBench(Action<string> progress)
{
    /// <summary>What the bench builds; 100 endpoints a droplet.</summary>
    public static readonly IReadOnlyList<GeneratedShape> Shapes = [new(1_024, 102_400), new(10_000, 1_000_000), new(100_000, 10_000_000)];

    private const int Batches = 400, DropletsLookedAt = 20;

    /// <param name="wanted">Of the shapes; a large one takes its memory.</param>
    /// <param name="threads">That build.</param>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IReadOnlyList<PlanRow> Run(Func<GeneratedShape, bool> wanted, int threads, CancellationToken cancel)
    {
        List<PlanRow> rows = [];
        foreach (GeneratedShape shape in Shapes.Where(wanted))
        {
            rows.Add(Measure(shape, threads, cancel));
        }
        return rows;
    }

    internal PlanRow Measure(GeneratedShape shape, int threads, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        PeakMemory.Restart();
        long heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        progress($"{shape.Endpoints} endpoints: planning");
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        GeneratedPlan plan = new(new GeneratedTopology(shape), DataPlaneSettings.Lab);
        double planned = Stopwatch.GetElapsedTime(began).TotalSeconds;
        progress($"{shape.Endpoints} endpoints: building");
        ModelDataPlane model = plan.Build(threads);
        double built = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds;
        double peak = PeakMemory.Megabytes;
        long heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        cancel.ThrowIfCancellationRequested();
        progress($"{shape.Endpoints} endpoints: counting rows");
        RowCounter rows = new();
        for (int d = 0; d < shape.Droplets; d++)
        {
            plan.Write(new DropletId(d), rows);
        }
        progress($"{shape.Endpoints} endpoints: sending");
        PairWalk walk = new(plan, model);
        string? wrong = Compare(plan, model);
        for (int batch = 0; wrong is null && batch < Batches; batch++)
        {
            cancel.ThrowIfCancellationRequested();
            wrong = walk.SendBatch();
        }
        return new PlanRow(
            shape.Droplets, shape.Endpoints, threads, planned, built - planned, cpu, heap / 1e6, peak, rows.Rows, wrong is null ? walk.BestNanoseconds : 0, wrong);
    }

    /// <summary>Holds some droplets' agents and endpoints against a model of the same droplet written row by row alone.</summary>
    private static string? Compare(GeneratedPlan plan, ModelDataPlane model)
    {
        int droplets = plan.Topology.DropletCount;
        for (int look = 0; look < DropletsLookedAt; look++)
        {
            DropletId droplet = new((int)((long)look * droplets / DropletsLookedAt));
            SingleDroplet alone = new(droplet, plan.Settings);
            plan.Write(droplet, alone);
            string? wrong = Differs(Tables.Endpoints) ?? Differs(Tables.Agents) ?? Differs(Tables.AgentSubstrate) ?? Differs(Tables.Networks) ?? Differs(Tables.Vpcs);
            if (wrong is not null)
            {
                return wrong;
            }

            string? Differs<TKey, TValue>(Table<TKey, TValue> table)
                where TKey : struct, IEquatable<TKey>
                where TValue : struct
            {
                HashSet<string> expected = [.. alone.Rows(table).Select(row => TableText.Row(row.Key, row.Value))];
                return expected.SetEquals(model.Rows(droplet, table).Select(row => TableText.Row(row.Key, row.Value)))
                    ? null
                    : $"droplet {droplet.Index} does not hold the plan's rows of {table.Name}";
            }
        }
        return null;
    }

    /// <summary>One droplet of many, in a model of its own, without the roads that rows of many take together.</summary>
    private sealed class SingleDroplet(DropletId wanted, DataPlaneSettings settings) : ITableWriter
    {
        private static readonly DropletId Here = new(0);
        private readonly ModelDataPlane model = new(1, settings);

        public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(Table<TKey, TValue> table)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => model.Rows(Here, table);

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (droplet == wanted && !ReferenceEquals(table, Tables.Peers))
            {
                model.Put(Here, table, in key, in value);
            }
        }

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => model.Delete(Here, table, in key);
    }
}
