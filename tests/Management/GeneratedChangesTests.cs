using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Tests.Fabric;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Management;

/// <summary>Generated topologies that change while they run: what the management plane writes, and what becomes of packets.</summary>
public sealed class GeneratedChangesTests
{
    private static readonly Step[] Changes =
    [
        new MoveEndpointStep(new EndpointId(3), new DropletId(9)) { Name = "1", Where = default },
        new DeleteEndpointStep(new EndpointId(50)) { Name = "2", Where = default },
        new AddBouncerStep(new NetworkId(0), new DropletId(20)) { Name = "3", Where = default },
        new MoveEndpointStep(new EndpointId(4), new DropletId(9)) { Name = "4", Where = default },
        new RemoveDividerStep(new VpcId(0), TheFirstDivider) { Name = "5", Where = default },
        new AddDividerStep(new VpcId(0), new DropletId(21)) { Name = "6", Where = default },
        new CreateEndpointStep(new EndpointId(50)) { Name = "7", Where = default },
        new RemoveBouncerStep(new NetworkId(0), TheFirstBouncer) { Name = "8", Where = default },
    ];

    private static DropletId TheFirstDivider => TrafficNetworkTests.Plan(FabricShape.Star, DataPlaneSettings.Lab).Topology.Roles.Vpcs[0].Dividers[0];

    private static DropletId TheFirstBouncer => TrafficNetworkTests.Plan(FabricShape.Star, DataPlaneSettings.Lab).Topology.Roles.Networks[0].Bouncers[0];

    /// <summary>The rows about what changes, sent to those they concern alone, leave the same tables as the whole difference of all droplets, as small scenarios have it.</summary>
    [Fact]
    public void TheSameRowsAsBySmallWorkflows()
    {
        foreach (DataPlaneSettings settings in (DataPlaneSettings[])[DataPlaneSettings.Mizar, DataPlaneSettings.Lab])
        {
            GeneratedPlan generated = TrafficNetworkTests.Plan(FabricShape.Star, settings);
            ModelDataPlane narrow = generated.Build();
            TrafficNetwork network = new(generated, narrow, new TrafficSetup([], SimTime.Zero) { Happenings = [.. Changes.Select(step => step with { At = SimTime.FromMicroseconds(1) })] });
            network.RunUntil(SimTime.FromMicroseconds(2), 1, CancellationToken.None);

            Plan listed = Plan.Create(new Scenario { Name = "", File = "", Settings = settings, Topology = generated.Topology.WriteOut(), Timeline = [.. Changes], Expect = [] });
            ModelDataPlane whole = new(generated.Topology.DropletCount, settings);
            listed.WriteInitial(whole);
            long updates = 0;
            foreach (TableUpdate update in listed.StepUpdates.SelectMany(u => u))
            {
                update.ApplyTo(whole);
                updates++;
            }
            for (int d = 0; d < generated.Topology.DropletCount; d++)
            {
                DropletId droplet = new(d);
                Assert.Equal(Text(whole, droplet, Tables.Endpoints, key => key.Vni.Value != 0), Text(narrow, droplet, Tables.Endpoints, key => key.Vni.Value != 0));
                Assert.Equal(Text(whole, droplet, Tables.Agents, _ => true), Text(narrow, droplet, Tables.Agents, _ => true));
                Assert.Equal(Text(whole, droplet, Tables.Networks, _ => true), Text(narrow, droplet, Tables.Networks, _ => true));
                Assert.Equal(Text(whole, droplet, Tables.Vpcs, _ => true), Text(narrow, droplet, Tables.Vpcs, _ => true));

                // Underlay MACs are at least those that are needed.
                Assert.Empty(Text(whole, droplet, Tables.Endpoints, key => key.Vni.Value == 0).Except(Text(narrow, droplet, Tables.Endpoints, key => key.Vni.Value == 0)));
            }
            Assert.InRange(network.Updates, updates / 2, updates);
        }
    }

    /// <summary>What is told of droplets that are down, one after another and back, with everything that changes meanwhile: the rows of small workflows, to the last peer's.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheSameRowsOfHealthAsBySmallWorkflows(bool health)
    {
        DataPlaneSettings settings = DataPlaneSettings.Lab.With(Switches.HostHealth, health);
        GeneratedPlan generated = TrafficNetworkTests.Plan(FabricShape.Star, settings);
        ImmutableArray<DropletId> bouncers = generated.Topology.Roles.Networks[0].Bouncers;
        DropletId divider = TheFirstDivider, host = generated.Topology.HostOf(new EndpointId(7));
        Step[] steps =
        [
            Down(bouncers[0]), Changes[0], Down(divider), Down(host), new DeleteEndpointStep(new EndpointId(7)) { Name = "d", Where = default },
            Up(bouncers[0]), .. bouncers.Select(Down), Changes[2], Up(divider), Changes[3], Up(host), new CreateEndpointStep(new EndpointId(7)) { Name = "c", Where = default }, Up(bouncers[1]),
        ];
        for (int count = 1; count <= steps.Length; count++)
        {
            ModelDataPlane narrow = generated.Build();
            TrafficNetwork network = new(generated, narrow, new TrafficSetup([], SimTime.Zero) { Happenings = [.. steps[..count].Select(step => step with { At = SimTime.FromMicroseconds(1) })] });
            network.RunUntil(SimTime.FromMicroseconds(2), 1, CancellationToken.None);
            Plan listed = Plan.Create(new Scenario
            {
                Name = "",
                File = "",
                Settings = settings,
                Topology = generated.Topology.WriteOut(),
                Timeline = [.. steps[..count].Select((step, i) => step with { Name = $"s{i}" })],
                Expect = [],
            });
            ModelDataPlane whole = new(generated.Topology.DropletCount, settings);
            listed.WriteInitial(whole);
            foreach (TableUpdate update in listed.StepUpdates.SelectMany(u => u))
            {
                update.ApplyTo(whole);
            }
            int down = 0;
            for (int d = 0; d < generated.Topology.DropletCount; d++)
            {
                DropletId droplet = new(d);
                string[] peers = Text(narrow, droplet, Tables.Peers, _ => true);
                down += peers.Count(row => row.EndsWith("unhealthy", StringComparison.Ordinal));
                Assert.Equal(Text(whole, droplet, Tables.Peers, _ => true), peers);
                Assert.Equal(Text(whole, droplet, Tables.Interface, _ => true), Text(narrow, droplet, Tables.Interface, _ => true));
                Assert.Equal(Text(whole, droplet, Tables.Endpoints, key => key.Vni.Value != 0), Text(narrow, droplet, Tables.Endpoints, key => key.Vni.Value != 0));
                Assert.Equal(Text(whole, droplet, Tables.Agents, _ => true), Text(narrow, droplet, Tables.Agents, _ => true));
                Assert.Equal(Text(whole, droplet, Tables.Networks, _ => true), Text(narrow, droplet, Tables.Networks, _ => true));
                Assert.Equal(Text(whole, droplet, Tables.Vpcs, _ => true), Text(narrow, droplet, Tables.Vpcs, _ => true));
            }
            int[] marked = [.. steps[..count].Aggregate(ImmutableSortedSet<int>.Empty, (set, step) => step is MarkUnhealthyStep m ? set.Add(m.Droplet.Index) : step is MarkHealthyStep h ? set.Remove(h.Droplet.Index) : set)];
            Assert.Equal(health ? marked.Length * (generated.Topology.DropletCount - 1) : 0, down);
        }

        static Step Down(DropletId droplet) => new MarkUnhealthyStep(droplet) { Name = "", Where = default };
        static Step Up(DropletId droplet) => new MarkHealthyStep(droplet) { Name = "", Where = default };
    }

    /// <summary>Nothing is sent directly to a host that is known to be down: what is for its endpoints goes by bouncers again, until it is back. Nobody holds anything of it afterwards.</summary>
    [Fact]
    public void NoDirectPathGoesToADropletThatIsKnownToBeDown()
    {
        GeneratedPlan plan = TrafficNetworkTests.Plan(FabricShape.LeafSpine(4, 2), DataPlaneSettings.Lab);
        DropletId host = plan.Topology.HostOf(new EndpointId(7));
        DropletId witness = new(Enumerable.Range(0, plan.Topology.DropletCount).First(d => d != host.Index));
        string row = $"{plan.Topology.Roles[host].Address} = unhealthy";
        (long untoldBounced, _) = Play(null, _ => { });
        (long bounced, ModelDataPlane model) = Play(SimTime.FromMicroseconds(200), known => Assert.Contains(row, Text(known, witness, Tables.Peers, _ => true)));
        Assert.True(bounced > untoldBounced + 20, $"{bounced} frames were bounced while the host was known to be down, {untoldBounced} when nobody was told");
        ModelDataPlane fresh = plan.Build();
        for (int d = 0; d < plan.Topology.DropletCount; d++)
        {
            Assert.Equal(Text(fresh, new DropletId(d), Tables.Peers, _ => true), Text(model, new DropletId(d), Tables.Peers, _ => true));
            Assert.Equal(Text(fresh, new DropletId(d), Tables.Interface, _ => true), Text(model, new DropletId(d), Tables.Interface, _ => true));
        }

        (long Bounced, ModelDataPlane Model) Play(SimTime? detection, Action<ModelDataPlane> whileKnown)
        {
            ModelDataPlane model = plan.Build();
            TrafficNetwork network = new(plan, model, new TrafficSetup([new(TrafficNetworkTests.Web(40))], SimTime.FromMilliseconds(5))
            {
                Detection = detection,
                Meters = MeterSettings.Default,
                Happenings =
                [
                    new FailDropletStep(host) { Name = "", Where = default, At = SimTime.FromMilliseconds(2) },
                    new RestoreDropletStep(host) { Name = "", Where = default, At = SimTime.FromMilliseconds(4) },
                ],
            });
            network.RunUntil(SimTime.FromMicroseconds(2_150), 1, CancellationToken.None);
            Assert.DoesNotContain(row, Text(model, witness, Tables.Peers, _ => true));
            network.RunUntil(SimTime.FromMicroseconds(2_250), 1, CancellationToken.None);
            long before = BouncedBy(network);
            network.RunUntil(SimTime.FromMilliseconds(4), 1, CancellationToken.None);
            whileKnown(model);
            long bounced = BouncedBy(network) - before;
            network.RunUntil(SimTime.FromMilliseconds(7), 1, CancellationToken.None);
            network.CloseAudit();
            return (bounced, model);
        }

        long BouncedBy(TrafficNetwork network) => Enumerable.Range(0, plan.Topology.DropletCount).Sum(d => network.LoadOf(new DropletId(d), RunRole.Bouncer).Frames);
    }

    /// <summary>A bouncer that fails loses what goes by it until its role is another's; endpoints that move are found again.</summary>
    [Fact]
    public void WhatFailsIsLostUntilManagementReacts()
    {
        TrafficTally told = Play(SimTime.FromMicroseconds(200)), untold = Play(null);
        Assert.True(told.Arrived > untold.Arrived, $"{told.Arrived} arrived of {told.Sent}, and {untold.Arrived} of {untold.Sent} when nobody was told");
        Assert.True(untold.Arrived < untold.Sent && told.Arrived < told.Sent);

        TrafficTally Play(SimTime? detection)
        {
            GeneratedPlan plan = TrafficNetworkTests.Plan(FabricShape.LeafSpine(4, 2), DataPlaneSettings.Mizar);
            DropletId bouncer = plan.Topology.Roles.Networks[0].Bouncers[0];
            TrafficSetup setup = new([new(TrafficNetworkTests.Web(40))], SimTime.FromMilliseconds(2))
            {
                StaticNeighbours = true,
                Detection = detection,
                Happenings = [new FailDropletStep(bouncer) { Name = "", Where = default, At = SimTime.FromMicroseconds(300) }],
            };
            TrafficNetwork network = new(plan, plan.Build(), setup);
            network.RunUntil(SimTime.FromMilliseconds(4), 1, CancellationToken.None);
            network.CloseAudit();
            return network.Tally;
        }
    }

    [Fact]
    public void ChurnGivesOneRunOnAnyPartitions()
    {
        (UInt128, long, long) alone = Run(1, 1);
        Assert.Equal(alone, Run(3, 2));
        Assert.True(alone.Item2 > 50 && alone.Item3 > 500, $"{alone}");

        static (UInt128, long Updates, long Arrived) Run(int partitions, int threads)
        {
            GeneratedPlan plan = TrafficNetworkTests.Plan(FabricShape.LeafSpine(4, 2), DataPlaneSettings.Lab);
            Churn law = new(24, Exponential.Spans(SimTime.FromMicroseconds(100)), Exponential.Spans(SimTime.FromMilliseconds(1))) { Limit = 20, Stays = Exponential.Spans(SimTime.FromMicroseconds(400)) };
            TrafficSetup setup = new([new(TrafficNetworkTests.Web(40, replies: 200)), new(TrafficNetworkTests.Web(40), Transport.Tcp)], SimTime.FromMilliseconds(2))
            {
                Partitions = partitions,
                Audited = true,
                Happenings = ChurnSteps.Of(law, firstEndpoint: 100, endpoints: 20, SimTime.FromMilliseconds(2), seed: 5),
            };
            TrafficNetwork network = new(plan, plan.Build(), setup);
            network.RunUntil(SimTime.FromMilliseconds(4), threads, CancellationToken.None);
            network.CloseAudit();
            return (network.Fingerprint, network.Updates, network.Tally.Arrived);
        }
    }

    private static string[] Text<TKey, TValue>(ModelDataPlane model, DropletId droplet, Table<TKey, TValue> table, Func<TKey, bool> wanted)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => [.. model.Rows(droplet, table).Where(row => wanted(row.Key)).Select(row => TableText.Row(row.Key, row.Value)).Order(StringComparer.Ordinal)];
}
