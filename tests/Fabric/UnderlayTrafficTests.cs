using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

public sealed class UnderlayTrafficTests
{
    [Fact]
    public void A_run_tells_what_each_tier_carried_and_what_was_lost()
    {
        TestNet net = new TestNet { Settings = DataPlaneSettings.Lab }
            .Droplets("left", "right", "switch")
            .Vpc("blue", 3, "10.0.0.0/16")
            .Network("net", "blue", "10.0.0.0/24", "switch")
            .Endpoint("a", "net", "10.0.0.2", "left")
            .Endpoint("b", "net", "10.0.0.3", "right")
            .Ping("a", "b", count: 3);
        net.Add(new FailDropletStep(net.DropletOf("right")) { Name = "", Where = default }).Ping("a", "b", timeoutMilliseconds: 50);
        Plan plan = net.Build();
        Topology topology = plan.Topology with { Underlay = plan.Topology.Underlay with { Shape = FabricShape.LeafSpine(3, 2) } };
        plan = Plan.Create(plan.Scenario with { Topology = topology });
        BackendRun run = SimulatedRun.Execute(plan, new ModelDataPlane(3, DataPlaneSettings.Lab), TestNet.ModelTraits, 1, CancellationToken.None);
        int sent = run.Sightings.Count(s => s.Kind == SightingKind.WireSent);
        int received = run.Sightings.Count(s => s.Kind == SightingKind.WireReceived);
        Assert.Equal([("host-leaf", true), ("host-leaf", false), ("leaf-spine", true), ("leaf-spine", false)], run.Traffic.Select(t => (t.Tier, t.IsUp)));
        Assert.Equal([3, 3, 6, 6], run.Traffic.Select(t => t.Links));
        // Every droplet is alone on its leaf, so all that is sent crosses both tiers; what the failed link would have had is lost before it.
        Assert.Equal([sent, received, sent, sent], run.Traffic.Select(t => (int)t.Frames));
        Assert.All(run.Traffic, t => Assert.True(t.BusiestBytes <= t.Bytes && t.BusiestBytes * t.Links >= t.Bytes, $"{t}"));
        Assert.Equal(new UnderlayLoss("link_down", sent - received), Assert.Single(run.Losses));
        Assert.True(sent > received);
    }
}
