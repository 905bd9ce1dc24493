using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Harness.Running;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>One <c>run</c> from its scenarios to its exit code: backends probed, leftovers of dead runs removed, scenarios run, the run's folder written.</summary>
internal static class RunSession
{
    public static async Task<int> ExecuteAsync(
        IReadOnlyList<Scenario> scenarios, RunRequest request, string root, bool json, string[] arguments, CancellationToken cancel)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        long began = Stopwatch.GetTimestamp();
        BackendCatalog catalog = LabBackends.Create();
        RequireNamed(catalog, request);
        RunFolder folder = RunFolder.Create(root, RunFolder.NewId());
        using RunProgress progress = new(scenarios.Count);
        ScenarioRunner runner = new(catalog, progress);
        ImmutableArray<ScenarioResult>.Builder results = ImmutableArray.CreateBuilder<ScenarioResult>();
        foreach (Scenario scenario in scenarios)
        {
            results.Add(await runner.RunAsync(scenario, request, folder.RunId, folder.Path, cancel));
        }
        progress.Say("writing the report");
        RunResult run = new(
            ManifestFactory.Create(
                new ManifestInputs(
                    folder.RunId,
                    started,
                    Stopwatch.GetElapsedTime(began),
                    request.Seed,
                    request.Dialect ?? scenarios[0].Dialect ?? Dialect.Mizar,
                    [.. arguments],
                    [.. results.SelectMany(r => r.Backends).Select(b => b.Backend).Distinct()],
                    Probes(catalog)),
                Checkout.Root),
            results.ToImmutable());
        await RunArtifacts.WriteAsync(folder, run);
        progress.Clear();

        RunSummary summary = RunSummary.Of(run);
        if (json)
        {
            Judging.PrintJson(summary);
        }
        else
        {
            ResultTable.Print(run, summary, Path.GetRelativePath(Environment.CurrentDirectory, folder.Path));
        }
        return Judging.ExitCodeOf(summary);
    }

    private static ImmutableArray<string> Wanted(IReadOnlyList<Scenario> scenarios, RunRequest request) =>
        request.On ?? [.. scenarios.SelectMany(s => s.On.IsEmpty ? Commands.RunCommand.Backends : [.. s.On]).Distinct()];

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
