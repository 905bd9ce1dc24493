using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Holds the model and the compiled programs against each other on states and frames nobody thought of, until none can tell them apart.
/// <code>
/// FuzzReport report = new Fuzzer(new FuzzOptions { Settings = [DataPlaneSettings.Lab], Cases = 1_000_000 }).Run(progress: null, cancel);
/// </code>
/// A round loads programs under one setting and runs a few hundred batches (<see cref="Batch"/>). What seems to differ is run anew from nothing
/// (<see cref="CaseJudge"/>), made small (<see cref="Shrinker"/>) and saved (<see cref="CaseWriter"/>). Everything comes from the seed; only how far it gets in a
/// given time does not. The kernel's order of eviction is outside the comparison: caches are never full.
/// </summary>
public sealed class Fuzzer(FuzzOptions options)
{
    private const int CasesABatch = 256;
    private const int BatchesARound = 100;
    private const int BatchesOfSameStages = 20;

    private readonly StateSource source = new(options);
    private readonly Coverage coverage = new();
    private readonly List<FuzzDifference> differences = [];
    private readonly SortedSet<string> seen = new(StringComparer.Ordinal);
    private readonly DataPlanePair?[] kept = new DataPlanePair?[options.Settings.Length];
    private readonly Stopwatch comparing = new();
    private readonly Stopwatch whole = new();
    private TimeSpan processor;
    private long cases;
    private long unrecorded;
    private int loads;

    /// <summary>Runs until enough cases, time, differences, or until it is cancelled; all of them end it well.</summary>
    /// <param name="progress">Told some ten times a second.</param>
    public FuzzReport Run(IProgress<FuzzReport>? progress, CancellationToken cancel)
    {
        whole.Start();
        for (int round = 0; !Done(cancel); round++)
        {
            FuzzRandom random = new(options.Seed, string.Create(CultureInfo.InvariantCulture, $"round {round}"));
            int turn = round % options.Settings.Length;
            if (options.RandomSwitches && round / options.Settings.Length % 2 == 1)
            {
                using DataPlanePair planes = Load(SettingsDraw.Draw(random, options.Settings[turn]));
                planes.Bpf.Execute(() => Round(planes, round, progress, cancel));
            }
            else
            {
                DataPlanePair planes = kept[turn] ??= Load(options.Settings[turn]);
                planes.Bpf.Execute(() => Round(planes, round, progress, cancel));
            }
        }
        foreach (DataPlanePair? planes in kept)
        {
            planes?.Dispose();
        }
        return Report();
    }

    private DataPlanePair Load(DataPlaneSettings settings)
    {
        loads++;
        return new DataPlanePair(settings, options.Objects);
    }

    private void Round(DataPlanePair planes, int round, IProgress<FuzzReport>? progress, CancellationToken cancel)
    {
        PairRunner pair = new(planes, coverage);
        Batch batch = new(planes, pair);
        long before = 0, beforeUnrecorded = 0;
        for (int i = 0; i < BatchesARound && !Done(cancel); i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"batch {round}.{i}");
            comparing.Start();
            TimeSpan used = Environment.CpuUsage.TotalTime;
            FuzzCase? suspect = Batch(batch, pair, planes, new FuzzRandom(options.Seed, name), i, careful: false);
            processor += Environment.CpuUsage.TotalTime - used;
            comparing.Stop();
            cases += pair.Cases - before;
            unrecorded += batch.Unrecorded - beforeUnrecorded;
            (before, beforeUnrecorded) = (pair.Cases, batch.Unrecorded);
            if (suspect is not null)
            {
                Found(planes, suspect, () => Batch(batch, pair, planes, new FuzzRandom(options.Seed, name), i, careful: true), string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{round}-{i}"));
                (before, beforeUnrecorded) = (pair.Cases, batch.Unrecorded);
            }
            progress?.Report(Report());
        }
    }

    /// <summary>One in ten sends frames through a world of tables, one in ten through a planned network, one in a hundred also runs without recording.</summary>
    private FuzzCase? Batch(Batch batch, PairRunner pair, DataPlanePair planes, FuzzRandom random, int number, bool careful)
    {
        // A stage that comes or goes has the kernel wait for every CPU, longer than a batch takes: the batches of a group have the same.
        ImmutableArray<StateRow> stages = [.. StateGenerator.Stages(new FuzzRandom(options.Seed, string.Create(CultureInfo.InvariantCulture, $"stages {number / BatchesOfSameStages}")), planes.Settings)];
        if (number % 10 == 4)
        {
            return new PlanWalk(planes, pair, random, stages).Run();
        }
        if (number % 10 == 9)
        {
            (DropletState[] world, Palette shared) = source.World(random, planes.Settings);
            return batch.Walk([.. world.Select(droplet => Under(stages, droplet))], random, shared, walks: 24);
        }
        (DropletState state, Palette palette) = source.Droplet(random, planes.Settings);
        return batch.Run(random.Chance(15, 16) ? Under(stages, state) : state, random, palette, CasesABatch, keeps: random.Chance(1, 4), twice: number % 100 == 50, careful);
    }

    private static DropletState Under(ImmutableArray<StateRow> stages, DropletState state) =>
        state with { Rows = [.. state.Rows.Where(row => row.Table != Tables.Stages), .. stages] };

    /// <param name="carefully">Runs the batch again and looks at the tables after every frame.</param>
    private void Found(DataPlanePair planes, FuzzCase suspect, Func<FuzzCase?> carefully, string name)
    {
        using PlaneCache cache = new(planes, options.Objects);
        Finding? finding = suspect.Steps.IsEmpty ? null : cache.Judge(suspect);
        if (finding is null && carefully() is { Steps.IsEmpty: false } again)
        {
            suspect = again;
            finding = cache.Judge(again with { Steps = [again.Steps[^1]] }) ?? cache.Judge(again);
        }
        if (finding is null)
        {
            // Alone it does not: it takes what was told of changes, or what recording does.
            Note(name, new Finding(suspect, DifferenceKind.Told, "what the runs told of their changes differed, or recording made a difference; run from nothing, the states agree"));
            return;
        }
        if (!seen.Add(Signature(finding)))
        {
            return;
        }
        Finding smallest = new Shrinker(cache.Judge).Shrink(finding);
        seen.Add(Signature(smallest));
        Note(name, smallest);
    }

    /// <summary>Differences of one kind with the same reason in the same program are taken for one, until that one is mended.</summary>
    private static string Signature(Finding finding)
    {
        string text = finding.Text;
        int end = text.IndexOf(':', StringComparison.Ordinal);
        return $"{finding.Case.Settings.Dialect} {finding.Case.Steps[^1].Program} {finding.Kind} {(end < 0 || finding.Kind is DifferenceKind.Verdict or DifferenceKind.Reason ? text : text[..end])}";
    }

    private void Note(string name, Finding finding)
    {
        FuzzCase smallest = finding.Case;
        string title = $"fuzz-{smallest.Settings.Dialect.ToString().ToLowerInvariant()}-{name}";
        string? file = options.Folder is null ? null : Path.Combine(options.Folder, title + ".json");
        if (file is not null)
        {
            Directory.CreateDirectory(options.Folder!);
            ImmutableArray<ProgramRun> runs = CaseJudge.Record(smallest, new ModelDataPlane(smallest.Droplets.Length, smallest.Settings));
            using FileStream stream = File.Create(file);
            CaseWriter.Write(stream, title, $"{finding.Kind.ToString().ToLowerInvariant()}: {finding.Text}", smallest, runs);
        }
        differences.Add(new FuzzDifference(
            title, finding.Kind.ToString().ToLowerInvariant(), finding.Text, file, smallest.Settings.Dialect,
            smallest.Steps.Length, smallest.Droplets.Sum(droplet => droplet.Rows.Length), smallest.Steps.Sum(step => step.Frame.Length)));
    }

    private bool Done(CancellationToken cancel) =>
        cancel.IsCancellationRequested || cases >= options.Cases || whole.Elapsed >= options.Time || differences.Count >= options.MostDifferences;

    private FuzzReport Report() => new()
    {
        Seed = options.Seed,
        Cases = cases,
        Unrecorded = unrecorded,
        Seconds = comparing.Elapsed.TotalSeconds,
        ProcessorSeconds = processor.TotalSeconds,
        OtherSeconds = whole.Elapsed.TotalSeconds - comparing.Elapsed.TotalSeconds,
        Loads = loads,
        Differences = [.. differences],
        Coverage = coverage,
    };

    /// <summary>Judges cases of the settings at hand on the data planes at hand, and of others, as shrinking tries them, on some of their own.</summary>
    private sealed class PlaneCache(DataPlanePair planes, string? objects) : IDisposable
    {
        private DataPlanePair? other;

        public Finding? Judge(FuzzCase given)
        {
            if (given.Settings == planes.Settings)
            {
                return new CaseJudge(planes).Judge(given);
            }
            if (other?.Settings != given.Settings)
            {
                other?.Dispose();
                other = new DataPlanePair(given.Settings, objects);
            }
            return new CaseJudge(other).Judge(given);
        }

        public void Dispose() => other?.Dispose();
    }
}
