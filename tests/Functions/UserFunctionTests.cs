using System.Collections.Immutable;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Functions;

/// <summary>A user's function: compiled from one C file, put into a stage by one line, in force.</summary>
public sealed class UserFunctionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mizarlab-function-").FullName;

    private static string Example => Path.Combine(Repository.Root, "scenarios", "functions", "no_telnet.yaml");

    [RootFact]
    public async Task TheExampleDoesWhatItSays()
    {
        (Plan plan, BackendRun run) = await RunAsync(Load(Example));
        ImmutableArray<ExpectationResult> judged = Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run));
        Assert.NotEmpty(judged);
        Assert.Empty(judged.Where(e => !e.Held).Select(e => e.Message));
    }

    /// <summary>Without its line in the file nothing is dropped: it is the function that does it.</summary>
    [RootFact]
    public async Task WithoutTheFunctionTelnetWorks()
    {
        Scenario scenario = Load(Example);
        (Plan plan, BackendRun run) = await RunAsync(scenario with { Topology = scenario.Topology with { Functions = [] } });
        Assert.Contains(Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run)), e => !e.Held && e.Expectation is UnreachableExpectation);
    }

    [Fact]
    public void TheModelSaysWhyItDoesNotRunIt()
    {
        Availability there = new ModelBackend().Suits(Plan.Create(Load(Example)));
        Assert.False(there.Available);
        Assert.Contains("no_telnet", there.Reason, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task WhatDoesNotCompileIsShown()
    {
        File.WriteAllText(Path.Combine(folder, "broken.bpf.c"), "#include \"function.h\"\nMIZAR_FUNCTION(broken)\n{\n\treturn nothing_of_the_kind;\n}\n");
        string file = Path.Combine(folder, "broken.yaml");
        File.WriteAllText(file, File.ReadAllText(Example).Replace("no_telnet: {", "broken: {", StringComparison.Ordinal));
        HarnessException refused = await Assert.ThrowsAsync<HarnessException>(() => RunAsync(Load(file)));
        Assert.Contains("broken.bpf.c:4:9: error: use of undeclared identifier 'nothing_of_the_kind'", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task AFunctionThatIsNowhereIsNamedWithItsPlaces()
    {
        string file = Path.Combine(folder, "nowhere.yaml");
        File.WriteAllText(file, File.ReadAllText(Example).Replace("no_telnet: {", "nobodys: {", StringComparison.Ordinal));
        HarnessException refused = await Assert.ThrowsAsync<HarnessException>(() => RunAsync(Load(file)));
        Assert.Contains($"there is no nobodys.bpf.c in {folder}", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Scenario Load(string file) => ScenarioLoader.Load(file, File.ReadAllText(file));

    private async Task<(Plan Plan, BackendRun Run)> RunAsync(Scenario scenario)
    {
        Plan plan = Plan.Create(scenario);
        return (plan, await new BpfBackend().RunAsync(plan, new RunContext("0000002a", folder, scenario.Settings, 1), CancellationToken.None));
    }
}
