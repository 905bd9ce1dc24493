using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Harness.Running;

/// <summary>What the user asked a run for.</summary>
/// <param name="On">Backends named by the user; null: the scenario's own list, else all.</param>
public sealed record RunRequest(ImmutableArray<string>? On, ulong Seed)
{
    /// <summary>How long programs take on the simulated backends; null: as the scenario asks.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>Frames that captures show; null: all.</summary>
    public Sampling? Sample { get; init; }
}

/// <summary>What a runner says while it works.</summary>
public interface IRunListener
{
    void Began(Scenario scenario, string backend);

    void Ended(Scenario scenario, BackendResult result);
}

/// <summary>
/// Runs a scenario on its backends, one after the other, then judges each by its own observations and holds each later
/// one against the first. Nothing is compared before every backend has run.
/// </summary>
public sealed class ScenarioRunner(BackendCatalog catalog, IRunListener listener)
{
    /// <exception cref="OperationCanceledException">Cancelled; everything made is gone.</exception>
    public async Task<ScenarioResult> RunAsync(Scenario scenario, RunRequest request, string runId, string folder, CancellationToken cancel)
    {
        List<string> notes = [];
        Plan plan = Plan.Create(scenario);
        List<BackendResult> ran = [];
        foreach (string name in request.On ?? (scenario.On.IsEmpty ? catalog.Names : scenario.On))
        {
            cancel.ThrowIfCancellationRequested();
            listener.Began(scenario, name);
            BackendResult result = await RunOnAsync(catalog[name], plan, new RunContext(runId, folder, scenario.Settings, request.Seed) { Calibration = request.Calibration }, cancel).ConfigureAwait(false);
            ran.Add(result);
            listener.Ended(scenario, result);
        }
        if (ran.Where(r => r.Run is { Traits.EnforcesLinks: false }).Select(r => r.Backend).ToArray() is { Length: > 0 } unbound)
        {
            notes.Add($"{string.Join(" and ", unbound)}: link delay and rate are the machine's own, not the topology's; nothing here is judged by them");
        }
        // Built once a run: both the judging and every comparison read them.
        List<ImmutableArray<Journey>> journeys = [.. ran.Select(r => r.Run is { } run ? JourneyBuilder.Build(plan, run) : [])];
        ImmutableArray<Comparison> comparisons = Compare(plan, ran, journeys);
        return new ScenarioResult
        {
            Scenario = scenario,
            Backends = [.. ran.Select((result, i) => Judged(plan, result, journeys[i], comparisons))],
            Comparisons = comparisons,
            Notes = [.. notes],
        };
    }

    private static async Task<BackendResult> RunOnAsync(IBackend backend, Plan plan, RunContext context, CancellationToken cancel)
    {
        string name = backend.Traits.Name;
        Availability there = backend.Suits(plan) is { Available: false } unfit ? unfit : backend.Probe();
        if (!there.Available)
        {
            return new BackendResult { Backend = name, Result = Result.Skip, Reason = there.Reason };
        }
        if (backend.Lacks(plan) is { } reason)
        {
            return new BackendResult { Backend = name, Result = Result.Skip, Reason = reason };
        }
        long began = Stopwatch.GetTimestamp();
        try
        {
            BackendRun run = ObservedMeasures.Complete(await backend.RunAsync(plan, context, cancel).ConfigureAwait(false), plan.Topology);
            return new BackendResult { Backend = name, Result = Result.Pass, Reason = "", Run = run, ElapsedMilliseconds = Since(began) };
        }
        catch (HarnessException trouble)
        {
            return new BackendResult { Backend = name, Result = Result.Fail, Reason = trouble.Message, ElapsedMilliseconds = Since(began) };
        }
    }

    /// <summary>Each later run against the first; what did not run is in neither.</summary>
    private static ImmutableArray<Comparison> Compare(Plan plan, List<BackendResult> ran, List<ImmutableArray<Journey>> journeys)
    {
        int first = ran.FindIndex(r => r.Run is not null);
        return
        [
            .. Enumerable.Range(0, ran.Count)
                .Where(i => i > first && ran[i].Run is not null)
                .Select(i => RunComparer.Compare(plan, ran[first].Run!, journeys[first], ran[i].Run!, journeys[i])),
        ];
    }

    /// <summary>A run passes when it was judged at all and every expectation held; how it compares with another stands in the comparison.</summary>
    private static BackendResult Judged(Plan plan, BackendResult result, ImmutableArray<Journey> journeys, ImmutableArray<Comparison> comparisons)
    {
        if (result.Run is not { } run)
        {
            return result;
        }
        ImmutableArray<ExpectationResult> expectations = Judge.Evaluate(plan, run, journeys);
        int broken = expectations.Count(e => !e.Held);
        bool judged = expectations.Length > 0 || comparisons.Length > 0;
        return result with
        {
            Result = broken == 0 && judged ? Result.Pass : Result.Fail,
            Reason = (broken, judged) switch
            {
                (_, false) => "nothing was judged: the scenario expects nothing and no second backend ran",
                (0, _) => Held(expectations.Length, comparisons.FirstOrDefault(c => c.Right == result.Backend)),
                _ => $"{broken} of {expectations.Length} expectations did not hold: {expectations.First(e => !e.Held).Message}",
            },
            Expectations = expectations,
        };
    }

    private static string Held(int expectations, Comparison? comparison)
    {
        string held = $"{Words.Count(expectations, "expectation")} held";
        return comparison is null
            ? held
            : $"{held}; compared with {comparison.Left}: {comparison.Journeys} journeys, {comparison.Hops} hops, {comparison.Frames} frames, {comparison.TableRows} table rows";
    }

    private static long Since(long began) => (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
}
