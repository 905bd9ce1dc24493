using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of a whole file.</summary>
internal static class ScenarioKeys
{
    private static readonly ListShape<Variant<ExpectationKind>> Expectations = new(new VariantShape<ExpectationKind>("an expectation", ExpectationKinds.All, k => k.Shape), 10_000);

    public static readonly Key<string> Name = Key.Needs("name", new TextShape(120), "What the scenario is called in tables and reports.");
    public static readonly Key<string> Description = Key.Has("description", new TextShape(8_000), "", "What it shows, for readers.");
    public static readonly Key<ImmutableArray<Placed<string>>> Tags = Key.Has("tags", new ListShape<string>(NameShape.Instance, 32), [], "Words to choose scenarios by; must-fail marks one that shows that its expectation can fail.");
    public static readonly Key<ImmutableArray<Placed<string>>> On = Key.Has(
        "on",
        new ListShape<string>(new ChoiceShape<string>("a backend", ("model", "model"), ("bpf", "bpf"), ("netns", "netns"), ("docker", "docker")), 4),
        [],
        "Backends it runs on; none named: all.");
    public static readonly Key<ProgrammingOrder> Order = Key.Has(
        "programming_order",
        new ChoiceShape<ProgrammingOrder>("a programming order", ("safe", ProgrammingOrder.Safe), ("upstream", ProgrammingOrder.Upstream)),
        ProgrammingOrder.Safe,
        "Order in which droplets are programmed when roles change (spec §4.6).");
    public static readonly Key<SimTime> Pace = Key.Has("pace", Standard.Time, SimTime.Zero, "Time between two updates of the management plane within a step; 0ms: all at once, in order.");
    public static readonly Key<Fields> Topology = Key.Needs("topology", new WholeOrGenerated(TopologyKeys.Topology, TopologyKeys.Generated), "What there is.");
    public static readonly Key<ImmutableArray<Placed<Variant<StepKind>>>> Timeline = Key.Needs(
        "timeline",
        new ListShape<Variant<StepKind>>(new VariantShape<StepKind>("a step", StepKinds.All, k => k.Shape), 10_000),
        "What happens, in order.");
    public static readonly Key<ImmutableArray<Placed<Variant<ExpectationKind>>>> Expect = Key.Needs(
        "expect",
        Expectations,
        "What must hold afterwards.");
    public static readonly Key<ImmutableArray<Placed<Variant<ExpectationKind>>>> AlsoExpect = Key.Has(
        "expect", Expectations, [], "What must hold of this variant besides what must of all.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Variants = Key.May(
        "variants",
        new NamedShape("variant", new RecordShape("variant", "The scenario once more on another data plane: what is not said here is as for the whole file.", [.. SettingsKeys.All, AlsoExpect])),
        "Runs of the same topology and timeline on several data planes, by name, each with what must hold of it; without them, one.");
    public static readonly RecordShape File = new(
        "scenario", "One scenario.", [Name, Description, .. SettingsKeys.All, Tags, On, Order, Pace, TcpKeys.Section, Topology, Timeline, Expect, Variants]);
}
