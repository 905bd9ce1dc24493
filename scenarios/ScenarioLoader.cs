using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using K = MizarLab.Scenarios.Language.ScenarioKeys;

namespace MizarLab.Scenarios;

/// <summary>
/// Reads the scenario language (docs/scenarios.md). Text in, <see cref="Scenario"/> out: files are the caller's.
/// The way is YAML → nodes with places (Yaml/) → fields by the key tables (Language/, Shapes/) → nouns, steps and
/// expectations with the checks that need the whole (Reading/).
/// </summary>
/// <example><c>ScenarioLoader.Load("demo.yaml", text).Timeline[0]</c> is the first step.</example>
public static class ScenarioLoader
{
    /// <summary>Reads a scenario.</summary>
    /// <param name="fileName">What errors and <see cref="Scenario.File"/> call it; nothing is opened.</param>
    /// <exception cref="ScenarioException">The file is wrong: everything that is, each once. No other exception leaves, whatever the text.</exception>
    public static Scenario Load(string fileName, string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return Load(new Diagnostics(fileName), yaml);
    }

    /// <summary>Reads a scenario from a file's bytes, which must be UTF-8.</summary>
    /// <inheritdoc cref="Load(string, string)"/>
    public static Scenario Load(string fileName, ReadOnlySpan<byte> utf8)
    {
        Diagnostics diagnostics = new(fileName);
        return Load(diagnostics, YamlText.Decode(utf8, diagnostics));
    }

    private static Scenario Load(Diagnostics diagnostics, string? yaml)
    {
        YamlNode? root = yaml is null ? null : YamlComposer.Compose(yaml, diagnostics);
        Scenario? scenario = root is null ? null : Read(root, diagnostics);
        diagnostics.ThrowIfAny();
        return scenario ?? throw new InvalidOperationException("nothing was read and nothing was wrong");
    }

    private static Scenario? Read(YamlNode root, Diagnostics diagnostics)
    {
        ReadContext context = new(diagnostics, (root as YamlMap)?["topology"]);
        K.File.TryRead(root, context, out Fields file);
        if (!file.Given(K.Topology))
        {
            return null;
        }
        Dialect dialect = file.Given(K.DialectKey) ? file.Get(K.DialectKey) : Dialect.Mizar;
        ImmutableArray<Placed<Variant<StepKind>>> steps = file.Get(K.Timeline).NotDefault();
        SortedSet<EndpointId> later = ChangeSteps.CreatedLater(steps.Select(s => s.Value));
        TopologyRead? topology = new TopologyBuilder(file.Get(K.Topology), dialect, later, context).Build();
        if (topology is null)
        {
            return null;
        }
        World world = new(topology, later, !file.Whole(K.Timeline), context);
        ImmutableArray<Step> timeline = new TimelineBuilder(topology, world, context).Build(steps);
        ReportCrowdedDroplets(topology.Topology, world, file.Where, diagnostics);
        ImmutableArray<Expectation> expect = new ExpectationBuilder(topology, timeline, file.Whole(K.Timeline), context).Build(file.Get(K.Expect).NotDefault());
        return new Scenario
        {
            Name = file.Get(K.Name) ?? "",
            Description = (file.Get(K.Description) ?? "").Trim(),
            File = diagnostics.File,
            Dialect = file.Given(K.DialectKey) ? dialect : null,
            On = [.. file.Get(K.On).Select(v => v.Value)],
            Tags = [.. file.Get(K.Tags).Select(v => v.Value)],
            Order = file.Get(K.Order),
            Pace = file.Get(K.Pace),
            Topology = topology.Topology,
            Timeline = timeline,
            Expect = expect,
        };
    }

    private static void ReportCrowdedDroplets(Topology topology, World world, SourcePlace where, Diagnostics diagnostics)
    {
        foreach ((DropletId droplet, int ports) in world.Ports)
        {
            if (ports > Limits.PortsOfDroplet)
            {
                diagnostics.Report(
                    where,
                    $"droplet '{topology[droplet].Name}' hosts {ports} endpoints in the course of the run",
                    $"a devmap has room for {Limits.PortsOfDroplet}, and no slot is used twice");
            }
        }
    }
}
