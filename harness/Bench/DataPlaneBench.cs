using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>How long a bench takes and how fine it is.</summary>
/// <param name="Rounds">Of each row; the program and the floor take turns.</param>
/// <param name="Iterations">Of each round.</param>
/// <param name="Without">Corrections the dialect <c>lab</c> is measured without: what they cost is the difference.</param>
public sealed record BenchEffort(int Rounds = 9, int Iterations = 100_000, Switches Without = Switches.None)
{
    internal DataPlaneSettings Settings(Dialect dialect)
    {
        DataPlaneSettings settings = DataPlaneSettings.Of(dialect);
        return settings with { On = settings.On & ~Without };
    }
}

/// <summary>
/// <c>mizarlab bench data-plane</c>: what each way through the programs takes, by the method of spec 11. A harness program restores the frame in every
/// iteration and goes on to the program under test; the same harness in front of a program that only answers is the floor that is taken off. After the
/// last round, the last iteration's verdict and bytes must be the model's, and the same programs loaded to tell their reason must name the row's.
/// </summary>
public sealed class DataPlaneBench
{
    private readonly BenchEffort effort;
    private readonly string runId;
    private readonly Action<string> progress;

    /// <param name="runId">Names interfaces; eight lower-case hexadecimal digits.</param>
    /// <param name="progress">Told a row's name before it is measured.</param>
    public DataPlaneBench(BenchEffort effort, string runId, Action<string>? progress = null)
    {
        this.effort = effort;
        this.runId = runId;
        this.progress = progress ?? (_ => { });
    }

    /// <param name="wanted">Which rows, by name and dialect.</param>
    /// <exception cref="Backends.HarnessException">No root, no objects, or the kernel refused.</exception>
    public BenchResult Run(Func<string, Dialect, bool> wanted, CancellationToken cancel = default) =>
        Run([.. Enum.GetValues<Dialect>().SelectMany(BenchCatalogue.Of).Where(row => wanted(row.Name, row.Dialect))], cancel);

    internal BenchResult Run(IReadOnlyList<BenchCase> wanted, CancellationToken cancel = default)
    {
        using NamespaceThread thread = new($"bench {runId}");
        return thread.Invoke(() => Measure(wanted, cancel));
    }

    private BenchResult Measure(IReadOnlyList<BenchCase> wanted, CancellationToken cancel)
    {
        InterfacePool interfaces = new(runId);
        (double lookup, List<(int, double)> bare) = MeasureLookups(interfaces, [.. BenchCatalogue.Rotations.Where(endpoints => endpoints == 1 || wanted.Any(row => row.Rotation == endpoints))], cancel);
        List<BenchRow> rows = [];
        SortedDictionary<string, double> figures = new(StringComparer.Ordinal);
        foreach ((Dialect dialect, BenchCase[] cases) in wanted.GroupBy(row => row.Dialect).Select(group => (group.Key, group.ToArray())))
        {
            BpfOptions options = new() { Settings = effort.Settings(dialect) };
            using BpfDroplet timed = BpfDroplet.Load(options, port => interfaces[port]);
            using BenchKernel kernel = new(timed);
            using BpfDataPlane telling = new(1, runId, options);
            Stage stage = new(timed, kernel, telling, interfaces, lookup, bare, figures);
            foreach (BenchCase row in cases)
            {
                cancel.ThrowIfCancellationRequested();
                progress($"{row.Name} {dialect.ToString().ToLowerInvariant()}");
                try
                {
                    rows.Add(MeasureRow(stage, row));
                }
                catch (BenchFrameException astray)
                {
                    rows.Add(new BenchRow(row.Name, dialect, null, null, 0, null, row.Upstream, null, null, astray.Message));
                }
            }
        }
        return new BenchResult(lookup, bare, rows);
    }

    private (double Lookup, List<(int Endpoints, double Nanoseconds)> Bare) MeasureLookups(InterfacePool interfaces, int[] rotations, CancellationToken cancel)
    {
        using BpfDroplet droplet = BpfDroplet.Load(new BpfOptions(), port => interfaces[port]);
        using BenchKernel kernel = new(droplet);
        progress("one lookup");
        byte[] frame = PacketBuilder.Encapsulate(
            new MizarTunnel(MacAddress.Zero, MacAddress.Zero, Ipv4Address.Any, Ipv4Address.Any, BenchWorld.Vpc, MizarOptions.ReturnTo(Ipv4Address.Any, MacAddress.Zero)),
            BenchFrames.Udp(BenchWorld.Client, BenchWorld.FirstRotated, MacAddress.Zero)).ToBytes();
        kernel.FillLookups(1);
        kernel.SetJob(frame, 0, null);
        double lookup = BenchStatistics.Of(Time(kernel, kernel.Lookup, 0, effort.Rounds * 2).Net).Value;
        List<(int, double)> bare = [];
        foreach (int endpoints in rotations)
        {
            cancel.ThrowIfCancellationRequested();
            progress($"one lookup, rotating over {endpoints}");
            kernel.FillLookups(endpoints);
            kernel.SetJob(frame, endpoints, null);
            bare.Add((endpoints, BenchStatistics.Of(Time(kernel, kernel.Lookup, 0, effort.Rounds).Net).Value));
        }
        return (lookup, bare);
    }

    private BenchRow MeasureRow(Stage stage, BenchCase row)
    {
        ModelDataPlane world = new(BenchWorld.Droplets, effort.Settings(row.Dialect)) { Now = BenchClock.Now };
        BenchWorld.Write(world);
        row.State?.Invoke(world);
        byte[] frame = row.Frame(world);

        // Another world, for the frame has left its traces in the first on its way.
        ModelDataPlane model = new(BenchWorld.Droplets, effort.Settings(row.Dialect)) { Now = world.Now };
        BenchWorld.Write(model);
        row.State?.Invoke(model);
        stage.Timed.Clear();
        stage.Telling.Clear();
        OneDroplet here = new(row.Droplet, stage.Timed, stage.Telling);
        BenchWorld.Write(here);
        row.State?.Invoke(here);

        // Rows with a time were written before it, however long that took.
        model.Now = stage.Telling.Now = BenchClock.Now;

        int ifindex = row.Program == ProgramId.Agent ? stage.Interfaces[new PortId(BenchWorld.Agent.Value)] : 0;
        stage.Kernel.SetJob(frame, row.Rotation, row.Forget);
        (double[] rounds, BenchSeries last) = Time(stage.Kernel, stage.Timed.Program(row.Program), ifindex, effort.Rounds);
        double deletion = row.Forget is { } forget ? stage.Kernel.TimeDeletion(forget) : 0;
        rounds = [.. rounds.Select(round => round - deletion)];
        (double nanoseconds, double spread) = BenchStatistics.Of(rounds);
        (string? discarded, int tableLookups) = Check(stage, row, model, last);
        if (discarded is not null)
        {
            return new BenchRow(row.Name, row.Dialect, null, null, tableLookups, null, row.Upstream, null, null, discarded);
        }
        stage.Figures[Key(row.Dialect, row.Name)] = nanoseconds;
        (string? goal, bool? met) = Judge(stage, row, nanoseconds);
        return new BenchRow(row.Name, row.Dialect, nanoseconds, nanoseconds / stage.Lookup, tableLookups, spread, row.Upstream, goal, met, null) { Rounds = rounds };
    }

    /// <summary>The program and the floor in turns, after a round of each that does not count.</summary>
    private (double[] Net, BenchSeries Last) Time(BenchKernel kernel, int program, int ifindex, int rounds)
    {
        double[] net = new double[rounds];
        BenchSeries series = default;
        for (int round = -1; round < rounds; round++)
        {
            double floor = kernel.Run(kernel.Floor, ifindex, effort.Iterations).Nanoseconds;
            series = kernel.Run(program, ifindex, effort.Iterations);
            if (round >= 0)
            {
                net[round] = series.Nanoseconds - floor;
            }
        }
        return (net, series);
    }

    /// <summary>Why the figure is not of the row's path, or null; and how many searches the path makes.</summary>
    private static (string? Discarded, int TableLookups) Check(Stage stage, BenchCase row, ModelDataPlane model, BenchSeries last)
    {
        // Three times: what is learned is learned by then, as it was in the last of many iterations.
        Frame expected = default, told = default;
        ProgramResult byModel = default, byPrograms = default;
        for (int i = 0; i < 3; i++)
        {
            if (row.Forget is { } forget)
            {
                forget.Delete(model, row.Droplet);
                forget.Delete(stage.Telling, new DropletId(0));
            }
            expected = Frame.FromBytes(last.Input);
            told = Frame.FromBytes(last.Input);
            byModel = model.Run(row.Droplet, row.Program, BenchWorld.Agent, ref expected);
            byPrograms = stage.Telling.Run(new DropletId(0), row.Program, BenchWorld.Agent, ref told);
        }
        int lookups = stage.Telling.Droplet(new DropletId(0)).LastRun.Lookups;
        string? discarded =
            byModel.Reason != row.Expected ? $"the model's reason is {byModel.Reason}, not {row.Expected}"
            : byPrograms != byModel ? $"the programs answer {byPrograms}, the model {byModel}"
            : last.Verdict != byModel.Verdict ? $"the last iteration answered {last.Verdict}, not {byModel.Verdict}"
            : !last.Output.AsSpan().SequenceEqual(expected.ToBytes()) ? $"the last iteration's frame is another: {Convert.ToHexStringLower(last.Output)}, not {Convert.ToHexStringLower(expected.ToBytes())}"
            : null;
        return (discarded, lookups);
    }

    private static (string? Goal, bool? Met) Judge(Stage stage, BenchCase row, double nanoseconds)
    {
        if (row.Goal is not { } goal)
        {
            return (null, null);
        }
        double above = 0;
        if (goal.Above is not null && !stage.Figures.TryGetValue(Key(row.Dialect, goal.Above), out above))
        {
            return (null, null);
        }
        double figure = nanoseconds - above;
        double bareAdds = Math.Max(stage.Bare.FirstOrDefault(b => b.Endpoints == row.Rotation).Nanoseconds - stage.Bare[0].Nanoseconds, 0);
        (string text, double limit) = goal.Unit switch
        {
            BenchGoalUnit.Lookups => ($"{goal.Limit:0.##} lookups", goal.Limit * stage.Lookup),
            BenchGoalUnit.Nanoseconds => ($"{goal.Limit:0} ns", goal.Limit),
            _ => ($"{goal.Limit:0.##} x {bareAdds:0.0} ns", goal.Limit * bareAdds),
        };
        return (string.Create(CultureInfo.InvariantCulture, $"<= {text}{(goal.Above is null ? "" : $" over {goal.Above}")}"), figure <= limit);
    }

    private static string Key(Dialect dialect, string name) => $"{dialect} {name}";

    private sealed record Stage(
        BpfDroplet Timed,
        BenchKernel Kernel,
        BpfDataPlane Telling,
        InterfacePool Interfaces,
        double Lookup,
        IReadOnlyList<(int Endpoints, double Nanoseconds)> Bare,
        SortedDictionary<string, double> Figures);

    /// <summary>Writes one droplet of the world into the programs that are timed and those that tell.</summary>
    private sealed class OneDroplet(DropletId wanted, BpfDroplet timed, BpfDataPlane telling) : ITableWriter
    {
        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (droplet == wanted)
            {
                timed.Put(table, key, value);
                telling.Put(new DropletId(0), table, key, value);
            }
        }

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (droplet == wanted)
            {
                timed.Delete(table, key);
                telling.Delete(new DropletId(0), table, key);
            }
        }
    }
}
