using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios.Inputs;
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
    /// <summary>Bytes of a file, scenario or experiment. A scenario of thousands of endpoints is some hundred kilobytes.</summary>
    public const int LargestFile = 1 << 20;

    /// <summary>Reads the scenarios of a file: one, or one a variant.</summary>
    /// <param name="fileName">What errors and <see cref="Scenario.File"/> call it; nothing is opened.</param>
    /// <param name="options">What the caller wants otherwise than the file; null: nothing.</param>
    /// <param name="inputs">The files it may name; null: none.</param>
    /// <exception cref="ScenarioException">The file is wrong: everything that is, each once. No other exception leaves, whatever the text.</exception>
    public static ImmutableArray<Scenario> LoadAll(string fileName, string yaml, LoadOptions? options = null, IInputFiles? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return LoadAll(new Diagnostics(fileName), yaml, options, inputs);
    }

    /// <summary>Reads the scenarios of a file's bytes, which must be UTF-8.</summary>
    /// <inheritdoc cref="LoadAll(string, string, LoadOptions, IInputFiles)"/>
    public static ImmutableArray<Scenario> LoadAll(string fileName, ReadOnlySpan<byte> utf8, LoadOptions? options = null, IInputFiles? inputs = null)
    {
        Diagnostics diagnostics = new(fileName);
        return LoadAll(diagnostics, YamlText.Decode(utf8, diagnostics), options, inputs);
    }

    /// <summary>The first of a file's scenarios: the only one, but in a file with variants.</summary>
    /// <inheritdoc cref="LoadAll(string, string, LoadOptions, IInputFiles)"/>
    public static Scenario Load(string fileName, string yaml, LoadOptions? options = null, IInputFiles? inputs = null) => LoadAll(fileName, yaml, options, inputs)[0];

    /// <inheritdoc cref="Load(string, string, LoadOptions)"/>
    public static Scenario Load(string fileName, ReadOnlySpan<byte> utf8, LoadOptions? options = null, IInputFiles? inputs = null) => LoadAll(fileName, utf8, options, inputs)[0];

    /// <summary>Reads the scenarios of a tree that no file was read for.</summary>
    internal static ImmutableArray<Scenario> LoadAll(string fileName, YamlNode root, LoadOptions? options, IInputFiles? inputs) => LoadAll(new Diagnostics(fileName), root, options, inputs);

    private static ImmutableArray<Scenario> LoadAll(Diagnostics diagnostics, string? yaml, LoadOptions? options, IInputFiles? inputs) =>
        LoadAll(diagnostics, yaml is null ? null : YamlComposer.Compose(yaml, diagnostics), options, inputs);

    private static ImmutableArray<Scenario> LoadAll(Diagnostics diagnostics, YamlNode? root, LoadOptions? options, IInputFiles? inputs)
    {
        ImmutableArray<Scenario> scenarios = root is null ? [] : Read(root, diagnostics, options ?? LoadOptions.None, inputs);
        diagnostics.ThrowIfAny();
        return scenarios.IsEmpty ? throw new InvalidOperationException("nothing was read and nothing was wrong") : scenarios;
    }

    private static ImmutableArray<Scenario> Read(YamlNode root, Diagnostics diagnostics, LoadOptions options, IInputFiles? inputs)
    {
        if (FileKind.IsExperiment(root))
        {
            throw new ScenarioException([FileKind.NoScenario(root.Where)]);
        }
        root = WrittenOut.Of(root, diagnostics);
        if (diagnostics.Any)
        {
            return [];
        }
        ReadContext context = new(diagnostics, (root as YamlMap)?["topology"], inputs);
        K.File.TryRead(root, context, out Fields file);
        if (!file.Given(K.Topology))
        {
            return [];
        }
        ImmutableArray<Named<Fields>> variants = file.Get(K.Variants).NotDefault();
        return variants.IsEmpty
            ? [.. new[] { Build(file, null, context, options) }.OfType<Scenario>()]
            : [.. variants.Select(v => Build(file, v, context, options)).OfType<Scenario>()];
    }

    private static Scenario? Build(Fields file, Named<Fields>? variant, ReadContext context, LoadOptions options)
    {
        Diagnostics diagnostics = context.Diagnostics;
        DataPlaneSettings settings = SettingsKeys.Of(file, variant?.Value, options);
        ImmutableArray<Placed<Variant<StepKind>>> steps = file.Get(K.Timeline).NotDefault();
        SortedSet<EndpointId> later = ChangeSteps.CreatedLater(steps.Select(s => s.Value));
        TopologyRead? topology = new TopologyBuilder(file.Get(K.Topology), settings.Dialect, later, PolicySteps.AddedLater(steps.Select(s => s.Value)), context).Build();
        if (topology is null)
        {
            return null;
        }
        NaclKeys.CheckNacls(file.Get(K.Topology).Get(TopologyKeys.Vpcs).NotDefault(), topology.Topology, settings, diagnostics);
        World world = new(topology, later, !file.Whole(K.Timeline), context);
        ImmutableArray<Step> timeline = new TimelineBuilder(topology, world, context).Build(steps);
        ReportCrowdedDroplets(topology.Topology, world, file.Where, diagnostics);
        ImmutableArray<Placed<Variant<ExpectationKind>>> expect = [.. file.Get(K.Expect).NotDefault(), .. variant?.Value.Get(K.AlsoExpect).NotDefault() ?? []];
        Scenario scenario = new()
        {
            Name = variant is { } named ? $"{file.Get(K.Name)} ({named.Name})" : file.Get(K.Name) ?? "",
            Description = (file.Get(K.Description) ?? "").Trim(),
            File = diagnostics.File,
            Settings = settings,
            On = [.. file.Get(K.On).Select(v => v.Value)],
            Tags = [.. file.Get(K.Tags).Select(v => v.Value)],
            Order = file.Get(K.Order),
            Pace = file.Get(K.Pace),
            Tcp = TcpKeys.Of(file),
            Topology = topology.Topology,
            Timeline = timeline,
            Expect = new ExpectationBuilder(topology, timeline, file.Whole(K.Timeline), context).Build(expect),
        };
        if (!diagnostics.Any)
        {
            ReportLongPolicies(scenario, file.Get(K.Topology), diagnostics);
        }
        return scenario;
    }

    /// <summary>Upstream's rows have 64 bits, and what is beyond is lost without a word (spec §3.10); ours have 256.</summary>
    private static void ReportLongPolicies(Scenario scenario, Fields topology, Diagnostics diagnostics)
    {
        const int upstreams = 64;
        int limit = scenario.Settings.On == Switches.None ? upstreams : PolicyBits.Limit;
        foreach ((EndpointId endpoint, PolicyDirection direction, int elements) in Plan.CountPolicyElements(scenario))
        {
            if (elements > limit)
            {
                diagnostics.Report(
                    topology.PlaceOf(TopologyKeys.Policies),
                    $"policies make {elements} {TableText.Word(direction)} rule elements of endpoint '{scenario.Topology[endpoint].Name}'",
                    $"a row has room for {limit}{(limit == upstreams ? " in dialect mizar" : "")}");
            }
        }
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
