using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Tests.Observation;

/// <summary>What a run measures of itself and what is seen of it from outside are the same, where both know.</summary>
public sealed class ObservedMeasuresTests
{
    [Theory]
    [InlineData("demo.yaml")]
    [InlineData("fat_tree.yaml")]
    [InlineData("scaled_basic.yaml")]
    [InlineData("policy_connections.yaml")]
    [InlineData("droplet_failure.yaml")]
    [InlineData("hostile_frames.yaml")]
    public void Meters_agree_with_sightings(string file)
    {
        foreach (Plan plan in ModelRuns.LoadAll(file))
        {
            BackendRun run = Metered(plan);
            RunMeasures own = run.Measures!;
            RunMeasures outside = ObservedMeasures.Complete(run with { Measures = null }, plan.Topology).Measures!;
            Assert.Equal(Rows(own), Rows(outside));
            Assert.Equal(own.Losses.Where(loss => loss.By != PlaceLoss.ByFabric), outside.Losses);
            Assert.Equal(run.Losses.Sum(loss => loss.Frames), own.Losses.Where(loss => loss.By == PlaceLoss.ByFabric).Sum(loss => loss.Frames));
            Assert.True(outside.Queues.IsDefault);
            Assert.Contains(outside.Absent, absent => absent.StartsWith("queue lengths", StringComparison.Ordinal));

            // Reasons tell of hits, changed rows of insertions; of either the model's own counters say the same.
            foreach (CacheUse seen in outside.Caches)
            {
                CacheUse counted = own.Caches.Single(cache => (cache.Droplet, cache.Cache) == (seen.Droplet, seen.Cache));
                Assert.Equal((counted.Insertions, counted.Rows), (seen.Insertions, seen.Rows));
                Assert.Equal(seen.Hits ?? counted.Hits, counted.Hits);
                Assert.Null(seen.Misses);
            }
        }
    }

    [Theory]
    [InlineData("demo.yaml")]
    [InlineData("lab_trusted_peers.yaml")]
    public void Measuring_changes_no_run(string file)
    {
        foreach (Plan plan in ModelRuns.LoadAll(file))
        {
            BackendRun plain = ModelRuns.Run(plan), metered = Metered(plan);
            Assert.Equal(plain.Sightings.Select(Text), metered.Sightings.Select(Text));
            Assert.Null(plain.Measures);
        }

        static string Text(Sighting s) => $"{s.Time} {s.Kind} {s.Droplet} {s.Endpoint} {s.Verdict} {s.Reason} {s.QueueFrames} {Convert.ToHexString(s.FrameOut)}";
    }

    [Fact]
    public void A_backend_that_tells_no_reasons_claims_no_roles()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        BackendRun run = ModelRuns.Run(plan);
        RunMeasures measures = ObservedMeasures.Complete(run with { Traits = run.Traits with { TellsReasons = false, TableChangesPerHop = false } }, plan.Topology).Measures!;
        Assert.True(measures.Roles.IsDefault);
        Assert.All(measures.Caches, cache => Assert.Equal((null, null, null), (cache.Hits, cache.Insertions, cache.Removals)));
        Assert.Equal(5, measures.Absent.Length);
    }

    private static BackendRun Metered(Plan plan) => SimulatedRun.Execute(
        plan, new ModelDataPlane(plan.Topology.Droplets.Length, plan.Scenario.Settings), ModelRuns.Traits,
        new FabricOptions(1, Calibration.None) { Meters = MeterSettings.Default }, SimulatedRun.DefaultEventLimit, CancellationToken.None);

    private static IEnumerable<(string, RunRole, long, long, long, long)> Rows(RunMeasures measures) =>
        measures.Roles.Select(role => (role.Droplet, role.Role, role.Frames, role.Bytes, role.WireFrames, role.WireBytes));
}
