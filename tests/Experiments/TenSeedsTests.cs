using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Experiments;
using MizarLab.Studies;
using Xunit.Abstractions;

namespace MizarLab.Tests.Experiments;

/// <summary>
/// The library's claims under ten seeds, in the quick form: a claim that holds under the committed seed alone is luck. Points in which nothing is drawn are run under two seeds, must come out alike, and
/// stand for the others. The long run asks the whole library; the usual one the experiments of closed forms, which take a second together.
/// </summary>
public sealed class TenSeedsTests(ITestOutputHelper output)
{
    private const int Seeds = 10;

    private static readonly string[] Light =
    [
        "connections.yaml", "detour.yaml", "entry_lifetime.yaml", "first_packet.yaml", "isolation.yaml", "memory.yaml", "migration.yaml", "overhead.yaml", "paths.yaml", "placement.yaml",
        "remap.yaml", "spoof.yaml", "trace_churn.yaml", "unknown.yaml", "watch_fan_out.yaml",
    ];

    [Fact]
    public void The_librarys_claims_hold_under_any_seed()
    {
        string[] files = LongRun.Asked ? ExperimentLibrary.Files : Light;
        (int claims, int held, int runs) = (0, 0, 0);
        List<string> broken = [];
        long began = Stopwatch.GetTimestamp();
        foreach (string file in files)
        {
            Count count = Judge(ExperimentLibrary.Load(file, quick: true), broken);
            (claims, held, runs) = (claims + count.Claims, held + count.Held, runs + count.Runs);
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Length} experiments under {Seeds} seeds: {runs} runs, {held} of {claims} claims hold, {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s"));
        Assert.Empty(broken);
    }

    /// <param name="broken">Findings that do not hold are put here.</param>
    private static Count Judge(Experiment experiment, List<string> broken)
    {
        Count count = default;
        ImmutableArray<RunOutcome> undrawn = [];
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Experiment other = experiment with { Seed = seed };
            RunBag bag = new(other, seed > 2 ? undrawn : []);
            int known = bag.Made;
            ExperimentEnd end = ExperimentRun.Execute(other, new LocalRunner(Environment.ProcessorCount), bag, Nowhere.Instance, CancellationToken.None);
            ImmutableArray<RunOutcome> exact = [.. bag.Outcomes.Where(run => experiment.Exact[run.Point])];
            if (seed == 2)
            {
                Assert.Equal(undrawn.Select(run => run.Fingerprint), exact.Select(run => run.Fingerprint));
            }
            undrawn = exact;
            foreach (ClaimResult claim in end.Claims.Where(claim => !claim.Held))
            {
                broken.AddRange(claim.Findings.Where(finding => !finding.Held).Select(finding =>
                    $"{experiment.File}, seed {seed}, claim {claim.Claim.Number} ({claim.Claim.Says}) at {finding.At}: {finding.Value}, should be {finding.Bound}"));
            }
            count = new Count(count.Claims + end.Claims.Length, count.Held + end.Passed, count.Runs + bag.Made - known);
        }
        return count;
    }

    /// <param name="Runs">Made, so without those taken over.</param>
    private readonly record struct Count(int Claims, int Held, int Runs);
}
