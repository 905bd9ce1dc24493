using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Fabric;

namespace MizarLab.Tests.Backends;

/// <summary>The two backends on the simulated fabric: the same scenario must give the same run, to the last byte and picosecond.</summary>
public sealed class SimulatedBackendTests
{
    private static readonly RunContext Context = new("0a1b2c3d", Path.GetTempPath(), DataPlaneSettings.Mizar, Seed: 11);

    [Fact]
    public async Task Model_is_always_there_and_repeats_itself()
    {
        ModelBackend model = new();
        Assert.True(model.Probe().Available);
        Plan plan = Busy().Build();
        BackendRun first = await model.RunAsync(plan, Context, CancellationToken.None);
        BackendRun second = await model.RunAsync(plan, Context, CancellationToken.None);
        Assert.Equal(Fingerprint.Of(first), Fingerprint.Of(second));
        Assert.Equal("model", first.Traits.Name);
    }

    [Fact]
    public async Task A_cancelled_run_says_so() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ModelBackend().RunAsync(Busy().Build(), Context, new CancellationToken(canceled: true)));

    [RootFact]
    public async Task Bpf_does_what_the_model_does()
    {
        BpfBackend bpf = new();
        Availability there = bpf.Probe();
        Assert.True(there.Available, there.Reason);
        Plan plan = Busy().Build();
        BackendRun real = await bpf.RunAsync(plan, Context, CancellationToken.None);
        BackendRun model = await new ModelBackend().RunAsync(plan, Context, CancellationToken.None);

        Comparison comparison = RunComparer.Compare(plan, model, real);
        Assert.Empty(comparison.Differences);
        Assert.True(comparison.Hops > 100);
        Assert.Equal(Fingerprint.Of(model), Fingerprint.Of(real));
    }

    /// <summary>The model's tables are packed and shared, the kernel's are not: what both hold at the end of the same run is the same, row by row.</summary>
    [RootFact]
    public async Task TablesOfAGeneratedTopologyAreTheKernelsAfterARun()
    {
        await RunGenerated(DataPlaneSettings.Mizar);
        await RunGenerated(DataPlaneSettings.Lab);
    }

    private static async Task RunGenerated(DataPlaneSettings settings)
    {
        RunContext context = Context with { Settings = settings };
        GeneratedTopology generated = new(new GeneratedShape(Droplets: 6, Endpoints: 30) { EndpointsPerNetwork = 5, NetworksPerVpc = 3 });
        Topology topology = generated.WriteOut();
        List<Step> steps = [];
        for (int i = 0; i < 20; i++)
        {
            EndpointId from = new(i * 7 % 30), to = new((i * 7 % 30 / 15 * 15) + (i * 4 % 15));
            if (from != to)
            {
                steps.Add(new PingStep(from, topology[to].Address, 2, SimTime.FromMilliseconds(5), 200, SimTime.FromSeconds(1)) { Name = $"step-{i}", Where = default });
            }
        }
        Plan plan = Plan.Create(new Scenario { Name = "generated", File = "generated.yaml", Topology = topology, Timeline = [.. steps], Expect = [], Settings = settings });
        BackendRun real = await new BpfBackend().RunAsync(plan, context, CancellationToken.None);
        BackendRun model = await new ModelBackend().RunAsync(plan, context, CancellationToken.None);
        Comparison comparison = RunComparer.Compare(plan, model, real);
        Assert.Empty(comparison.Differences);
        Assert.True(comparison.TableRows > 200, $"{comparison.TableRows} rows compared");
    }

    /// <summary>Every kind of step, roles that sit together, a move, a failure, and traffic to nobody.</summary>
    internal static TestNet Busy()
    {
        TestNet net = new TestNet()
            .Droplets("d1", "d2", "d3", "d4", "d5")
            .Vpc("blue", 3, "10.0.0.0/16", "d5")
            .Vpc("red", 4, "10.0.0.0/16", "d1")
            .Network("net10", "blue", "10.0.0.0/24", "d3", "d1")
            .Network("net20", "blue", "10.0.20.0/24", "d4")
            .Network("other", "red", "10.0.0.0/24", "d2")
            .Endpoint("a", "net10", "10.0.0.2", "d1")
            .Endpoint("b", "net10", "10.0.0.3", "d2")
            .Endpoint("c", "net20", "10.0.20.3", "d2")
            .Endpoint("d", "net20", "10.0.20.4", "d1", initially: false)
            .Endpoint("x", "other", "10.0.0.2", "d3")
            .Endpoint("y", "other", "10.0.0.3", "d4");
        return net
            .Ping("a", "b", count: 3)
            .Ping("c", "a", count: 2, payload: 2000)
            .Ping("x", "y", count: 2)
            .Tcp("a", "c", block: 4000, blocks: 5, reply: true, background: true)
            .Udp("b", "c", count: 3, reply: true)
            .Add(new AddBouncerStep(net.NetworkOf("net20"), net.DropletOf("d3")) { Name = "", Where = default })
            .Add(new AddDividerStep(new VpcId(0), net.DropletOf("d4")) { Name = "", Where = default })
            .Add(new CreateEndpointStep(net.EndpointOf("d")) { Name = "", Where = default })
            .Ping("d", "b", count: 2)
            .Add(new MoveEndpointStep(net.EndpointOf("c"), net.DropletOf("d5")) { Name = "", Where = default })
            .Ping("c", "b", count: 2)
            .Ping("b", "10.0.0.77", timeoutMilliseconds: 50)
            .Ping("b", "10.9.9.9", timeoutMilliseconds: 50)
            .Add(new FailDropletStep(net.DropletOf("d3")) { Name = "", Where = default })
            .Ping("b", "a", timeoutMilliseconds: 50)
            .Add(new RestoreDropletStep(net.DropletOf("d3")) { Name = "", Where = default })
            .Add(new DeleteEndpointStep(net.EndpointOf("a")) { Name = "", Where = default })
            .Ping("b", "a", timeoutMilliseconds: 50);
    }
}
