using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Results;
using MizarLab.Harness.Running;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>One <c>conform</c>: three suites one after another, each row of each judged, nothing passed over in silence.</summary>
internal sealed class ConformSession(Profile profile, ulong seed, long cases, string output)
{
    private readonly List<(string Suite, JudgedRow Row)> rows = [];
    private readonly Stopwatch watch = new();

    public async Task<int> RunAsync(string? junit, bool json, CancellationToken cancel)
    {
        watch.Start();
        if (junit is not null)
        {
            UserFile.MakeWay(junit);
        }
        Vectors(cancel);
        await LibraryAsync(cancel);
        Fuzz(cancel);
        RunSummary summary = new([.. rows.Select(r => r.Row)]);
        if (junit is not null)
        {
            Write(junit);
        }
        if (json)
        {
            Judging.PrintJson(summary);
            return Judging.ExitCodeOf(summary);
        }
        foreach ((string suite, JudgedRow row) in rows.Where(r => r.Row.Result != Result.Pass))
        {
            Console.Out.WriteLine($"{Wording.Of(row.Result)} {suite}: {row.Name}: {row.Reason}");
        }
        foreach (IGrouping<string, JudgedRow> suite in rows.GroupBy(r => r.Suite, r => r.Row))
        {
            // Of fuzzing, one row stands for all frames.
            string what = suite.Key == Fuzzing ? $" ({suite.Last().Name})" : "";
            Console.Out.WriteLine($"{suite.Key}{what}: {Judging.Counts(new RunSummary([.. suite]))}");
        }
        Console.Out.WriteLine($"{profile.Name}, held to {profile.Dialect.ToString().ToLowerInvariant()}: {Judging.Counts(summary)}");
        return Judging.ExitCodeOf(summary);
    }

    private const string Fuzzing = "fuzzing";

    private static string VectorFolder => Checkout.Root is { } root
        ? Path.Combine(root, "tests", "Conformance", "Vectors")
        : throw new UserError("the golden vectors are part of the checkout, and this command runs outside one", ExitCode.Lacking);

    private static VectorSuite[] Suites() => [.. Directory.GetFiles(VectorFolder, "upstream*.json*").Order(StringComparer.Ordinal).Select(VectorSuite.Load)];

    private void Vectors(CancellationToken cancel)
    {
        foreach (VectorSuite suite in Suites())
        {
            cancel.ThrowIfCancellationRequested();
            foreach (DataPlaneSettings settings in suite.Settings)
            {
                if (!ProfilePrograms.Speaks(profile, settings))
                {
                    Add("vectors", suite.Name, Result.Skip, $"upstream's, of the dialect {settings.Dialect.ToString().ToLowerInvariant()}");
                    continue;
                }
                using ProfilePrograms programs = ProfilePrograms.Load(profile, suite.Droplets, settings);
                int before = rows.Count;
                foreach (VectorRow row in programs.Execute(() => VectorRunner.Run(suite.With(settings), programs.DataPlane, cancel)))
                {
                    Add($"vectors {suite.Name}", row.Name, row.Result, row.Reason);
                }
                Tell($"vectors {suite.Name}: {rows.Count - before}");
            }
        }
    }

    /// <summary>What is done so far, on standard error; scenarios tell theirs one by one.</summary>
    private void Tell(string done) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed:mm\\:ss} {done}"));

    private async Task LibraryAsync(CancellationToken cancel)
    {
        IReadOnlyList<LoadedScenario> scenarios = ScenarioFiles.LoadAll([Checkout.Library], Scenarios.LoadOptions.None);
        using RunProgress progress = new(scenarios.Count);
        ScenarioRunner runner = new(new BackendCatalog(new ModelBackend(), new ProfileBackend(profile)), progress);
        string folder = Directory.CreateTempSubdirectory("mizarlab-conform-").FullName;
        try
        {
            foreach (LoadedScenario loaded in scenarios)
            {
                ScenarioResult result = await runner.RunAsync(loaded.Scenario, new RunRequest(["model", "bpf"], seed), RunFolder.NewId(), folder, cancel);
                BackendResult backend = result.Backends.Single(b => b.Backend == "bpf");
                JudgedRow row = RunSummary.Judge(result, backend);
                Add("library", $"{result.Scenario.Name} ({Path.GetFileName(result.Scenario.File)})", row.Result, row.Reason);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        progress.Clear();
        Tell($"library: {scenarios.Count} scenarios");
    }

    private void Fuzz(CancellationToken cancel)
    {
        if (cases == 0)
        {
            Add(Fuzzing, "frames against the model", Result.Skip, "--cases 0");
            return;
        }
        FuzzOptions options = new()
        {
            Settings = [DataPlaneSettings.Of(profile.Dialect)],
            Seed = seed,
            Cases = cases,
            Folder = output,
            Vectors = [.. Suites()],
            Worlds = PlannedWorlds.All(),
            Objects = profile.Folder,
        };
        (long ran, ImmutableArray<FuzzDifference> differences) = profile.Encoding == ProfileEncoding.Mizarlab
            ? new Fuzzer(options).Run(progress: null, cancel) is var own ? (own.Cases, own.Differences) : default
            : new ProfileFuzz(profile, options).Run(cancel) is var described ? (described.Cases, described.Differences) : default;
        cancel.ThrowIfCancellationRequested();
        foreach (FuzzDifference difference in differences)
        {
            Add(Fuzzing, difference.Name, Result.Fail, $"{difference.Kind}: {difference.Text}; {difference.File}");
        }
        Tell(string.Create(CultureInfo.InvariantCulture, $"fuzzing: {ran} frames"));
        Add(Fuzzing, string.Create(CultureInfo.InvariantCulture, $"{ran} frames, seed {seed}"), differences.IsEmpty ? Result.Pass : Result.Fail, $"{differences.Length} differences from the model");
    }

    private void Add(string suite, string name, Result result, string reason) => rows.Add((suite, new JudgedRow(name, profile.Name, result, reason)));

    private void Write(string file)
    {
        using MemoryStream whole = new();
        JUnitRows.Write($"mizarlab conform {profile.Name}", rows, whole);
        UserFile.Write(file, whole.ToArray());
    }
}
