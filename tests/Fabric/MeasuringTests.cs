using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Fabric;

/// <summary>What metered runs measure, held against what else is known of them.</summary>
public sealed class MeasuringTests
{
    private static readonly FabricShape[] Shapes = [FabricShape.Star, FabricShape.LeafSpine(4, 2), FabricShape.FatTree(6)];

    [Fact]
    public void Measuring_changes_no_run()
    {
        foreach (FabricShape shape in Shapes)
        {
            RelaySetup setup = new(shape, 32);
            RelayNetwork plain = Run(OnDataPlane(setup)), metered = Run(OnDataPlane(setup with { Meters = MeterSettings.Default }));
            Assert.Equal(plain.Fingerprint, metered.Fingerprint);
            Assert.Equal(Run(RelayNetwork.Bare(setup)).Fingerprint, Run(RelayNetwork.Bare(setup with { Meters = MeterSettings.Default })).Fingerprint);
        }
    }

    [Fact]
    public void Partitions_and_threads_measure_the_same()
    {
        RelaySetup setup = new(FabricShape.LeafSpine(4, 2), 32) { Meters = MeterSettings.Default };
        string alone = Text(Run(OnDataPlane(setup)).TakeMeasures());
        Assert.Contains("Bouncer", alone);
        Assert.Contains("leaf-0 -> spine-", alone);
        foreach ((int partitions, int threads) in ((int, int)[])[(2, 1), (4, 2)])
        {
            Assert.Equal(alone, Text(Run(OnDataPlane(setup with { Partitions = partitions }), threads).TakeMeasures()));
        }
    }

    /// <summary>Droplets may be called as switches are, as one of these is: its links have names of their own all the same.</summary>
    [Fact]
    public void No_two_places_have_one_name()
    {
        string file = Path.Combine(Repository.Root, "scenarios", "library", "lab_local_delivery.yaml");
        int waiting = 0;
        foreach (Scenario scenario in ScenarioLoader.LoadAll(file, File.ReadAllBytes(file)))
        {
            Assert.Contains("switch", scenario.Topology.Droplets.Select(droplet => droplet.Name));
            BackendRun run = SimulatedRun.Execute(
                Plan.Create(scenario), new ModelDataPlane(scenario.Topology.Droplets.Length, scenario.Settings), TestNet.ModelTraits,
                new FabricOptions(Seed: 1, Calibration.None) { Meters = MeterSettings.Default }, SimulatedRun.DefaultEventLimit, CancellationToken.None);
            string[] names = [.. run.Measures!.Queues.Select(queue => queue.Place)];
            Assert.Equal(names.Length, names.Distinct().Count());
            waiting = Math.Max(waiting, names.Count(name => name.Contains("switch", StringComparison.Ordinal)));
        }
        Assert.True(waiting > 1);
    }

    /// <summary>What links carried to droplets is what their programs had, by role; and intervals lose nothing.</summary>
    [Fact]
    public void Loads_by_role_are_the_bytes_of_the_links_to_droplets()
    {
        foreach (FabricShape shape in Shapes)
        {
            RelayNetwork network = Run(OnDataPlane(new RelaySetup(shape, 32) { Meters = MeterSettings.Default }));
            RunMeasures measures = network.TakeMeasures();
            TierTraffic down = network.Tiers.First(tier => !tier.IsUp);

            // What is on these links now no program has had; of a delay of 1 us and a frame each microsecond and droplet it is little.
            long missing = down.Frames - measures.Roles.Sum(role => role.WireFrames);
            Assert.InRange(missing, 0, 32 * 4);
            Assert.Equal(missing * network.FrameBytes, down.Bytes - measures.Roles.Sum(role => role.WireBytes));
            Assert.All(measures.Roles.Where(role => role.Role is RunRole.Bouncer or RunRole.Divider), role =>
            {
                Assert.Equal((role.Frames, role.Bytes), (role.FramesOverTime.Sum(), role.BytesOverTime.Sum()));
                Assert.Equal(measures.Intervals, role.BytesOverTime.Length);
            });
            Assert.Contains(measures.Roles, role => role.Role == RunRole.Bouncer);
        }
    }

    /// <summary>The integral of every queue over time is the sum of the waits in it (Little), to the last picosecond.</summary>
    [Fact]
    public void Queues_over_time_hold_all_waits()
    {
        RelayNetwork network = Run(RelayNetwork.Bare(new RelaySetup(FabricShape.LeafSpine(4, 2), 32) { Meters = MeterSettings.Default }));
        RunMeasures measures = network.TakeMeasures();
        Assert.NotEmpty(measures.Queues);
        Assert.Equal(network.Tiers.Sum(tier => tier.Waited.Picoseconds), measures.Queues.Sum(queue => queue.Waited.Picoseconds));
        Assert.True(measures.Queues.Max(queue => queue.Longest) > 0);
    }

    /// <summary>An incast through short queues: every loss has a place, and all places together are what is missing.</summary>
    [Fact]
    public void Losses_by_place_are_all_that_is_missing()
    {
        LinkSpec shallow = new(SimTime.FromMicroseconds(1), new DataRate(10_000_000_000), QueueFrames: 4);
        RelaySetup setup = new(FabricShape.LeafSpine(4, 2), 16) { Link = shallow, Meters = MeterSettings.Default };
        ITraffic incast = new OpenLoop(
            "burst", new UniformPeers(16), Exponential.Spans(SimTime.FromMicroseconds(3)), new Constant(8_000), Pacing.AtOnce(1_000));
        RelayNetwork network = Run(RelayNetwork.OfTraffic(setup, incast));
        RelayTotals totals = network.Totals;
        RunMeasures measures = network.TakeMeasures();
        Assert.True(totals.Lost > 100, $"{totals}");
        Assert.Equal(totals.Sent, totals.Arrived + measures.Losses.Sum(loss => loss.Frames) + totals.InFlight);
        Assert.All(measures.Losses, loss => Assert.Equal((PlaceLoss.ByFabric, "queue_full"), (loss.By, loss.Cause)));
        Assert.Equal(network.Tiers.Sum(tier => tier.Dropped), measures.Losses.Sum(loss => loss.Frames));
        Assert.All(measures.Queues, queue => Assert.InRange(queue.Longest, 1, 4));
    }

    [Fact]
    public void What_programs_end_has_its_place_and_reason()
    {
        RelaySetup setup = new(FabricShape.Star, 32) { Meters = MeterSettings.Default };
        GeneratedPlan plan = PlanFor(setup);
        ModelDataPlane model = plan.Build();
        RelayPolicies.Write(model, plan, bothWays: false);
        // Nobody is let in at droplet 3 any more: its endpoints are unknown there.
        DropletId closed = new(3);
        foreach ((EndpointKey key, EndpointValue value) in model.Rows(closed, Tables.Endpoints))
        {
            model.Delete(closed, Tables.Endpoints, in key);
        }
        RelayNetwork network = Run(RelayNetwork.OnDataPlane(setup, plan, model, bothWays: false));
        RelayTotals totals = network.Totals;
        RunMeasures measures = network.TakeMeasures();
        Assert.True(totals.Ended > 100, $"{totals}");
        Assert.Equal(totals.Sent, totals.Arrived + measures.Losses.Sum(loss => loss.Frames) + totals.InFlight);
        Assert.All(measures.Losses, loss => Assert.Equal("droplet-3", loss.Place));
    }

    /// <summary>Rows in a cache came by insertions; who asked found one or did not.</summary>
    [Fact]
    public void Caches_add_up()
    {
        RelaySetup setup = new(FabricShape.Star, 32) { Meters = MeterSettings.Default };
        RelayNetwork network = Run(OnDataPlane(setup, bothWays: true));
        ImmutableArray<CacheUse> caches = network.TakeMeasures().Caches;
        Assert.All(caches, cache =>
        {
            Assert.Equal(cache.Rows, cache.Insertions - cache.Evictions - cache.Removals);
            Assert.True(cache.Misses > 0 && cache.Hits > cache.Misses, $"{cache}");
        });
        CacheUse[] paths = [.. caches.Where(cache => cache.Cache == "direct_path")];
        Assert.Equal(32, paths.Length);
        Assert.Equal(network.Totals.Sent, paths.Sum(cache => cache.Hits + cache.Misses));
        Assert.All(
            Run(OnDataPlane(setup, bothWays: false)).TakeMeasures().Caches.Where(cache => cache.Cache == "direct_path"), cache => Assert.True(cache.Hits < cache.Misses, $"{cache}"));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame_that_is_measured()
    {
        RelayNetwork network = OnDataPlane(new RelaySetup(FabricShape.LeafSpine(4, 2), 32) { Meters = MeterSettings.Default });
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < 300 && allocated > 0; attempt++)
        {
            Thread.Sleep(attempt == 0 ? 0 : 100);
            long before = GC.GetAllocatedBytesForCurrentThread();
            network.RunFor(SimTime.FromMicroseconds(100), 1, CancellationToken.None);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }

    private static GeneratedPlan PlanFor(RelaySetup setup) => new(
        new GeneratedTopology(new GeneratedShape(setup.Droplets, setup.Droplets * 20) { EndpointsPerNetwork = 160, BouncersPerNetwork = 8 }), DataPlaneSettings.Lab);

    private static RelayNetwork OnDataPlane(RelaySetup setup, bool bothWays = false)
    {
        GeneratedPlan plan = PlanFor(setup);
        ModelDataPlane model = plan.Build();
        RelayPolicies.Write(model, plan, bothWays);
        return RelayNetwork.OnDataPlane(setup, plan, model, bothWays);
    }

    private static RelayNetwork Run(RelayNetwork network, int threads = 1)
    {
        network.RunFor(SimTime.FromMicroseconds(600), threads, CancellationToken.None);
        return network;
    }

    private static string Text(RunMeasures measures) => string.Join('\n',
    [
        .. measures.Roles.Select(role => $"{role} {string.Join(' ', role.FramesOverTime)} {string.Join(' ', role.BytesOverTime)}"),
        .. measures.Queues.Select(queue => $"{queue} {string.Join(' ', queue.Most)} {string.Join(' ', queue.Mean)}"),
        .. measures.Losses.Select(loss => $"{loss}"),
        .. measures.Caches.Select(cache => $"{cache}"),
    ]);
}
