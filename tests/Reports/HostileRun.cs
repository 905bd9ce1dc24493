using System.Collections.Immutable;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Tests.Reports;

/// <summary>A run whose every text of a user's is an attack.</summary>
internal static class HostileRun
{
    /// <summary>Script, attribute break, comment and CDATA ends, entity, control characters, half a surrogate, a quote for gnuplot.</summary>
    public const string Text = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>--></style>]]>&amp;&#1;\u0001\u0007\u001b[31m\u202e'; system('id') #`|";

    public static RunResult Make()
    {
        ScenarioResult sample = SampleRun.Passing();
        ScenarioResult failing = SampleRun.Failing();
        Scenario scenario = sample.Scenario with
        {
            Name = Text,
            Description = Text,
            File = Text,
            Tags = [Text],
            Topology = sample.Scenario.Topology with
            {
                Droplets = [.. sample.Scenario.Topology.Droplets.Select(d => d with { Name = Text })],
                Endpoints = [.. sample.Scenario.Topology.Endpoints.Select(e => e with { Name = Text })],
                Networks = [.. sample.Scenario.Topology.Networks.Select(n => n with { Name = Text })],
                Vpcs = [.. sample.Scenario.Topology.Vpcs.Select(v => v with { Name = Text })],
            },
            Timeline = [.. sample.Scenario.Timeline.Select(s => s with { Name = Text, Where = new SourcePlace(Text, 1, 1) })],
            Expect = [.. sample.Scenario.Expect.Select(e => e with { Where = new SourcePlace(Text, 1, 1) })],
        };
        ImmutableArray<BackendResult> backends = [.. sample.Backends.Select(b => b with
        {
            Reason = Text,
            Backend = b.Backend == "bpf" ? Text : b.Backend,
            Expectations = [.. b.Expectations.Select(e => e with { Message = Text })],
            Run = b.Run is null ? null : b.Run with
            {
                Sightings = [.. b.Run.Sightings.Select(s => s with { Changes = [new TableChange(Text, Text, Text)] })],
                Outcomes = [.. b.Run.Outcomes.Select(o => o with { Trouble = Text })],
            },
        })];
        Comparison comparison = failing.Comparisons[0] with
        {
            Left = Text,
            Right = Text,
            Differences = [failing.Comparisons[0].Differences[0] with { Subject = Text, Aspect = Text, Left = Text, Right = Text, Where = new SourcePlace(Text, 1, 1), RightFrame = null, Fields = [new FieldDifference(Text, Text, Text)] }],
        };
        Manifest manifest = SampleRun.Manifest("badc0de0") with
        {
            Arguments = [Text],
            Kernel = Text,
            Cpu = Text,
            GitCommit = Text,
            StartedUtc = Text,
            Probes = ImmutableSortedDictionary<string, string>.Empty.Add(Text, Text),
        };
        return new RunResult(manifest, [new ScenarioResult { Scenario = scenario, Backends = backends, Comparisons = [comparison], Notes = [Text] }]);
    }
}
