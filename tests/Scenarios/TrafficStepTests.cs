using MizarLab.Harness.Backends;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using MizarLab.Workload.Tcp;

namespace MizarLab.Tests.Scenarios;

/// <summary>Workloads, churn and topologies by rule as a user writes them.</summary>
public sealed class TrafficStepTests
{
    private const string Head = "name: t\ndialect: lab\n";
    private const string Rule = "topology: { generate: { droplets: 4, endpoints: 12, endpoints_per_network: 6, networks_per_vpc: 2 } }\n";

    [Fact]
    public void ATopologyByRuleIsTheOneLargeRunsHave()
    {
        Scenario scenario = Load("timeline: [ wait: 1ms ]\nexpect: []\n");
        GeneratedTopology rule = new(new GeneratedShape(4, 12) { EndpointsPerNetwork = 6, NetworksPerVpc = 2 });
        Assert.Equal(rule.Roles.Networks.Select(n => (n.Name, n.Cidr, n.Gateway)), scenario.Topology.Networks.Select(n => (n.Name, n.Cidr, n.Gateway)));
        Assert.Equal(rule.Roles.Networks.SelectMany(n => n.Bouncers), scenario.Topology.Networks.SelectMany(n => n.Bouncers));
        Assert.Equal(rule.Roles.Vpcs.SelectMany(v => v.Dividers), scenario.Topology.Vpcs.SelectMany(v => v.Dividers));
        for (int i = 0; i < 12; i++)
        {
            EndpointId e = new(i);
            Endpoint written = scenario.Topology[e];
            Assert.Equal(($"e{i}", rule.AddressOf(e), rule.HostOf(e), rule.NetworkOf(e)), (written.Name, written.Address, written.Droplet, written.Network));
        }
    }

    [Fact]
    public void AWorkloadIsWrittenOutInOrderAndAsTheSeedSays()
    {
        const string Web = "timeline: [ traffic: { workload: { open_loop: { rate: 5Mbit, sizes: 1kB, within: vpc } }, for: 5ms, seed: SEED } ]\nexpect: []\n";
        TrafficStep one = Assert.IsType<TrafficStep>(Load(Web.Replace("SEED", "1")).Timeline.Single());
        Assert.True(one.Packets.Length > 10);
        Assert.Equal(one.Packets.OrderBy(p => p.After).Select(p => p.After), one.Packets.Select(p => p.After));
        Assert.All(one.Packets, p => Assert.NotEqual(p.From, p.To));
        Assert.True(one.Packets.SequenceEqual(Assert.IsType<TrafficStep>(Load(Web.Replace("SEED", "1")).Timeline.Single()).Packets));
        Assert.False(one.Packets.SequenceEqual(Assert.IsType<TrafficStep>(Load(Web.Replace("SEED", "2")).Timeline.Single()).Packets));
    }

    [Fact]
    public void ChurnIsStepsOfTheManagementPlane()
    {
        Scenario scenario = Load("timeline: [ churn: { name: c, endpoints: [e3, e4], every: 20ms, life: 100ms, stay: 30ms, for: 1s } ]\nexpect: []\n");
        Assert.IsType<CreateEndpointStep>(scenario.Timeline[0]);
        Assert.Contains(scenario.Timeline, s => s is MoveEndpointStep);
        Assert.Contains(scenario.Timeline, s => s is DeleteEndpointStep);
        Assert.False(scenario.Topology[new EndpointId(3)].Initially);
        Assert.StartsWith("c-", scenario.Timeline[0].Name, StringComparison.Ordinal);

        // The reader's world is the management plane's: a plan can be made, and every row that is written goes in the end.
        Assert.All(Plan.Create(scenario).StepUpdates, updates => Assert.NotEmpty(updates));
    }

    [Theory]
    [InlineData("topology: { generate: { droplets: 4, endpoints: 12 }, droplets: {} }\n", "beside 'generate'")]
    [InlineData("topology: { generate: { droplets: 4_000, endpoints: 12 } }\n", "too many to be written out")]
    [InlineData("topology: { generate: { droplets: 2, endpoints: 12, bouncers: 5 } }\n", "lists of 5")]
    public void AWrongRuleIsRefused(string topology, string text)
    {
        ScenarioException wrong = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("t.yaml", Head + topology + "timeline: [ wait: 1ms ]\nexpect: []\n"));
        Assert.Contains(text, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("on_off: { on: 1ms, off: 1ms, rate: 1Mbit, transport: tcp }", "no flows")]
    [InlineData("open_loop: { rate: 1Mbit, sizes: { file: nobody } }", "a distribution")]
    [InlineData("open_loop: { rate: 1kbit, sizes: 100kB }", "nobody sends")]
    [InlineData("open_loop: { rate: 10Gbit, sizes: 100B }", "more than 20000 packets")]
    public void AWrongWorkloadIsRefused(string workload, string text)
    {
        ScenarioException wrong = Assert.Throws<ScenarioException>(() => Load($"timeline: [ traffic: {{ workload: {{ {workload} }}, for: 2ms }} ]\nexpect: []\n"));
        Assert.Contains(text, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TcpSettingsReachTheStacks()
    {
        Scenario scenario = ScenarioLoader.Load("t.yaml", Head + "tcp: { congestion: cubic, ecn: on, initial_window: 4 }\n" + Rule + "timeline: [ wait: 1ms ]\nexpect: []\n");
        Assert.Equal(new TcpSettings { Congestion = CongestionKind.Cubic, Ecn = true, InitialWindow = 4 }, scenario.Tcp);
    }

    [RootFact]
    public async Task TablesAreEqualOnModelAndPrograms()
    {
        Scenario scenario = Load(
            "timeline:\n  - churn: { endpoints: [e3, e4, e9], every: 30ms, life: 150ms, stay: 50ms, for: 300ms }\n"
            + "  - traffic: { name: web, workload: { open_loop: { rate: 3Mbit, sizes: 900B, replies: 300B, within: vpc } }, for: 10ms, timeout: 100ms }\nexpect: []\n");
        Plan plan = Plan.Create(scenario);
        RunContext context = new("0a1b2c3d", Path.GetTempPath(), scenario.Settings, Seed: 1);
        BackendRun model = await new ModelBackend().RunAsync(plan, context, CancellationToken.None);
        BackendRun bpf = await new BpfBackend().RunAsync(plan, context, CancellationToken.None);
        Comparison comparison = RunComparer.Compare(plan, model, bpf);
        Assert.Empty(comparison.Differences);
        Assert.True(comparison.TableRows > 50 && comparison.Hops > 50, $"{comparison.TableRows} rows, {comparison.Hops} hops");
        Assert.Equal(Fingerprint.Of(model), Fingerprint.Of(bpf));
    }

    [Fact]
    public void ALiveBackendSaysWhyItDoesNotPlayThem()
    {
        Scenario workload = Load("timeline: [ traffic: { workload: { all_to_all: { bytes: 100B } }, for: 1ms } ]\nexpect: []\n");
        Scenario tcp = ScenarioLoader.Load("t.yaml", Head + "tcp: { ecn: on }\n" + Rule + "timeline: [ wait: 1ms ]\nexpect: []\n");
        Assert.Contains("timed in microseconds", new NetnsBackend().Lacks(Plan.Create(workload)), StringComparison.Ordinal);
        Assert.Contains("the kernel's own", new NetnsBackend().Lacks(Plan.Create(tcp)), StringComparison.Ordinal);
    }

    private static Scenario Load(string rest) => ScenarioLoader.Load("t.yaml", Head + Rule + rest);
}
