using System.Collections.Immutable;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using Xunit.Abstractions;

namespace MizarLab.Tests.Live;

/// <summary>Every scenario of the library on the kernel: its expectations hold there, and hop by hop it does as the model does.</summary>
[Collection(LiveCollection.Name)]
public sealed class LibraryTests(ITestOutputHelper output)
{
    [RootFact]
    public Task OnNetns() => RunLibraryAsync(new NetnsBackend());

    [DockerFact]
    public Task OnDocker() => RunLibraryAsync(new DockerBackend());

    private async Task RunLibraryAsync(IBackend backend)
    {
        StringBuilder failures = new();
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "scenarios", "library"), "*.yaml").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        foreach (Scenario scenario in files.SelectMany(file => ScenarioLoader.LoadAll(Path.GetFileName(file), File.ReadAllText(file))))
        {
            string file = scenario.Name;
            if (!scenario.On.IsEmpty && !scenario.On.Contains(backend.Traits.Name))
            {
                continue;
            }
            Plan plan = Plan.Create(scenario);
            BackendRun model = await LiveLab.RunAsync(new ModelBackend(), plan);
            long began = Environment.TickCount64;
            BackendRun live = await LiveLab.RunAsync(backend, plan);
            long elapsed = Environment.TickCount64 - began;
            ImmutableArray<ExpectationResult> expectations = Judge.Evaluate(plan, live, JourneyBuilder.Build(plan, live));
            Comparison comparison = RunComparer.Compare(plan, model, live);
            output.WriteLine($"{file,-50} {elapsed,6} ms  {live.Sightings.Length} sightings, {comparison.Journeys} journeys, {comparison.Hops} hops");
            foreach (ExpectationResult broken in expectations.Where(e => !e.Held))
            {
                failures.AppendLine($"{broken.Expectation.Where} {broken.Expectation.Kind}: {broken.Message}");
            }
            foreach (Difference difference in comparison.Differences)
            {
                failures.AppendLine($"{file} {difference.Subject} {difference.Aspect}: {difference.Left} | {difference.Right}");
            }
            if (live.Missed != 0)
            {
                failures.AppendLine($"{file}: {live.Missed} sightings missed");
            }
        }
        Assert.True(failures.Length == 0, failures.ToString());
    }
}
