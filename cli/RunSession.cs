using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Results;
using MizarLab.Harness.Running;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>One <c>run</c> from its scenarios to its exit code: backends probed, leftovers of dead runs removed, scenarios run, the run's folder written.</summary>
internal static class RunSession
{
    public static async Task<int> ExecuteAsync(
        IReadOnlyList<LoadedScenario> scenarios, RunRequest request, Profile? profile, string root, bool json, string[] arguments, CancellationToken cancel)
    {
        (RunResult run, RunFolder folder) = await RunAsync(scenarios, request, profile, root, arguments, cancel);
        return Conclude(run, folder, json);
    }

    /// <summary>The same without a word on standard output: what was run, and its folder.</summary>
    public static async Task<(RunResult Run, RunFolder Folder)> RunAsync(
        IReadOnlyList<LoadedScenario> scenarios, RunRequest request, Profile? profile, string root, string[] arguments, CancellationToken cancel)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        long began = Stopwatch.GetTimestamp();
        using BackendCatalog catalog = LabBackends.Create(profile);
        RequireNamed(catalog, request);
        await SweepAsync(cancel);
        RunFolder folder = RunFolder.Create(root, RunFolder.NewId());
        try
        {
            RunArtifacts.WriteScenarios(folder, scenarios);
            using RunProgress progress = new(scenarios.Count);
            ImmutableArray<ScenarioResult> results = await RunAsync(catalog, scenarios, request, folder, progress, cancel);
            progress.Say("writing the report");
            ManifestInputs inputs = new(
                folder.RunId,
                started,
                Stopwatch.GetElapsedTime(began),
                request.Seed,
                [.. scenarios.Select(loaded => loaded.Scenario.Dialect)],
                [.. arguments],
                [.. results.SelectMany(r => r.Backends).Select(b => b.Backend).Distinct()],
                Probes(catalog))
            {
                Files = KeptInputs.Facts(folder.Path),
            };
            RunResult run = new(ManifestFactory.Create(inputs, Checkout.Root), results);
            await RunArtifacts.WriteAsync(folder, run, request.Sample);
            progress.Clear();
            return (run, folder);
        }
        catch (OperationCanceledException)
        {
            // Nobody asked for half a run; one that failed keeps its folder.
            Directory.Delete(folder.Path, recursive: true);
            throw;
        }
    }

    private static async Task<ImmutableArray<ScenarioResult>> RunAsync(
        BackendCatalog catalog, IReadOnlyList<LoadedScenario> scenarios, RunRequest request, RunFolder folder, RunProgress progress, CancellationToken cancel)
    {
        ScenarioRunner runner = new(catalog, progress);
        ImmutableArray<ScenarioResult>.Builder results = ImmutableArray.CreateBuilder<ScenarioResult>();
        foreach (LoadedScenario loaded in scenarios)
        {
            results.Add(await runner.RunAsync(loaded.Scenario, request, folder.RunId, folder.Path, cancel));
        }
        cancel.ThrowIfCancellationRequested();
        return results.ToImmutable();
    }

    private static int Conclude(RunResult run, RunFolder folder, bool json)
    {
        RunSummary summary = RunSummary.Of(run);
        if (json)
        {
            Judging.PrintJson(run);
        }
        else
        {
            ResultTable.Print(run, summary, Path.GetRelativePath(Environment.CurrentDirectory, folder.Path));
        }
        return Judging.ExitCodeOf(summary);
    }

    /// <summary>Without root nothing can be left, and nothing could be removed.</summary>
    private static async Task SweepAsync(CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }
        SweepReport swept = await LeftoverSweep.RunAsync(cancel);
        if (!swept.IsEmpty)
        {
            Console.Error.WriteLine($"mizarlab: removed what killed runs left: {Wording.Count(swept.Runs.Count, "run")}, {Wording.Count(swept.Namespaces.Count, "namespace")}, {Wording.Count(swept.Containers.Count, "container")}");
        }
        foreach (string trouble in swept.Troubles)
        {
            Console.Error.WriteLine($"mizarlab: {trouble}");
        }
    }

    /// <exception cref="UserError">A backend the user named cannot be had here.</exception>
    private static void RequireNamed(BackendCatalog catalog, RunRequest request)
    {
        foreach (string name in request.On ?? [])
        {
            if (catalog[name].Probe() is { Available: false } lacking)
            {
                throw new UserError($"backend {name}: {lacking.Reason}", ExitCode.Lacking);
            }
        }
    }

    private static ImmutableSortedDictionary<string, string> Probes(BackendCatalog catalog) =>
        catalog.All.ToImmutableSortedDictionary(b => b.Traits.Name, b => b.Probe() is { Available: false } lacking ? lacking.Reason : "available", StringComparer.Ordinal);
}
