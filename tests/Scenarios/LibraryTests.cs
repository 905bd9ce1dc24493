using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

public class LibraryTests
{
    /// <summary>Live backends take real time; the whole library must stay a matter of a minute.</summary>
    private static readonly SimTime LongestRun = SimTime.FromSeconds(4);

    [Theory]
    [MemberData(nameof(Library.Rows), MemberType = typeof(Library))]
    public void EveryFileLoadsAndNamesItsDialect(string file)
    {
        Scenario scenario = Library.Load(file);
        Assert.Contains($"dialect: {scenario.Dialect.ToString().ToLowerInvariant()}", Library.Text(file), StringComparison.Ordinal);
        Assert.NotEmpty(scenario.Description);
        Assert.NotEmpty(scenario.Timeline);
        Assert.All(Library.LoadAll(file), variant => Assert.NotEmpty(variant.Expect));
        Assert.NotEmpty(scenario.On);
        Assert.Contains("model", scenario.On);
    }

    [Theory]
    [MemberData(nameof(Library.Rows), MemberType = typeof(Library))]
    public void EveryFileTellsEditorsItsSchema(string file)
    {
        const string Comment = "# yaml-language-server: $schema=";
        string first = Library.Text(file).Split('\n')[0];
        Assert.StartsWith(Comment, first, StringComparison.Ordinal);
        string schema = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Library.PathOf(file))!, first[Comment.Length..].Trim()));
        Assert.Equal(Path.Combine(Repository.Root, ScenarioSchema.Path), schema);
    }

    [Theory]
    [MemberData(nameof(Library.Rows), MemberType = typeof(Library))]
    public void EveryFileRunsInLessThanFourSecondsOfRealTime(string file)
    {
        SimTime whole = SimTime.Zero;
        Scenario scenario = Library.Load(file);
        foreach (Step step in scenario.Timeline)
        {
            SimTime own = Duration(step, scenario);
            SimTime begin = step.At is { } at && at > whole ? at : whole;
            whole = step.Background ? whole : begin + own;
            Assert.True(begin + own < LongestRun, $"{file}: step '{step.Name}' may end at {begin + own}");
        }
    }

    [Fact]
    public void TheLibraryHoldsEverythingOfTheFunctionalTestsWithoutScaledEndpoints()
    {
        string[] wanted =
        [
            "demo", "basic_switch", "multiple_switches", "switch_local", "switch_multi_vpc", "multi_net_same_vpc", "multi_net_multi_switches_routers",
            "host_endpoint", "recreate_endpoint", "delete_multi_endpoint_same_host", "change_switch_router", "direct_path_net", "direct_path_vpc", "isolated_vpcs",
        ];
        Assert.Empty(wanted.Except(Library.Files.Select(f => Path.ChangeExtension(f, null))));
    }

    [Fact]
    public void EveryKindOfExpectationHasAScenarioThatMustFailForIt()
    {
        foreach (string kind in ScenarioReference.Expectations)
        {
            Scenario scenario = Library.Load(Path.Combine("must-fail", kind + ".yaml"));
            Assert.Contains("must-fail", scenario.Tags);
            Assert.Equal(kind, Assert.Single(scenario.Expect).Kind);
        }
    }

    [Fact]
    public void EveryExpectationTypeIsWrittenSomewhereInTheLanguage()
    {
        IEnumerable<string> types = typeof(Expectation).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Expectation))).Select(t => t.Name);
        IEnumerable<string> made = Library.Files.SelectMany(Library.LoadAll).SelectMany(s => s.Expect).Select(e => e.GetType().Name);
        Assert.Empty(types.Except(made));
    }

    [Fact]
    public void EveryKindOfStepIsInTheLibrary()
    {
        IEnumerable<string> types = typeof(Step).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Step)) && !t.IsAbstract).Select(t => t.Name);
        IEnumerable<string> made = Library.Files.SelectMany(f => Library.Load(f).Timeline).Select(s => s.GetType().Name);
        Assert.Empty(types.Except(made));
    }

    [Fact]
    public void EverySwitchIsShownOnAndOff()
    {
        foreach (SwitchEntry entry in SwitchTable.All)
        {
            IReadOnlyList<Scenario> variants = Library.LoadAll($"lab_{entry.Name}.yaml");
            Assert.Equal([false, true], variants.Select(v => v.Settings.Has(entry.Switch)).Order());
            Assert.All(variants, variant => Assert.Contains("lab", variant.Tags));
        }
    }

    [Fact]
    public void TheFunctionalTestsOfServicesPolicyAndQosAreThere()
    {
        string[] wanted =
        [
            "scaled_basic", "scaled_many_protocols", "scaled_same_connection", "scaled_different_connections", "scaled_diff_net", "scaled_diff_net_backend", "scaled_mixed_net_backend", "scaled_host_endpoint",
            "policy_ingress_rules", "policy_egress_rules", "policy_defaults", "policy_updates", "policy_endpoints_change", "policy_service_address", "policy_connections",
            "qos_classes", "qos_best_effort_limit", "statistics", "stages", "mac_override",
        ];
        Assert.Empty(wanted.Except(Library.Files.Select(f => Path.ChangeExtension(f, null))));
    }

    /// <summary>How long a step takes when things go as the file expects: its intervals, and its timeout where nothing is to come.</summary>
    private static SimTime Duration(Step step, Scenario scenario) => step switch
    {
        PingStep s => Times(s.Interval, s.Count - 1) + (IsSilent(s, s.From, s.To, scenario) ? s.Timeout : SimTime.Zero),
        UdpStep s => Times(s.Interval, s.Count - 1) + (IsSilent(s, s.From, s.To, scenario) ? s.Timeout : SimTime.Zero),
        TcpStep s => Times(s.Interval, s.Blocks - 1) + (IsSilent(s, s.From, s.To, scenario) ? s.Timeout : SimTime.Zero),
        WaitStep s => s.Duration,
        _ => SimTime.Zero,
    };

    private static bool IsSilent(Step step, EndpointId from, Ipv4Address to, Scenario scenario) =>
        scenario.Tags.Contains("must-fail")
        || scenario.Expect.OfType<UnreachableExpectation>().Any(e => e.From == from && e.To == to && (e.Step is null || e.Step == step.Name));

    private static SimTime Times(SimTime interval, int count) => new(interval.Picoseconds * count);
}
