using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Failures within the underlay; nobody tells the management plane.</summary>
internal static class FabricSteps
{
    private const int LongestName = 32;

    private static readonly Key<string> Switch = Key.Needs("switch", new TextShape(LongestName), "Which: leaf-0, spine-1; edge-0, aggregation-1, core-2.");
    private static readonly Key<ImmutableArray<Placed<string>>> Between = Key.Needs("between", new OneOrMoreShape<string>(new TextShape(LongestName), 2), "The two switches it joins, like [leaf-0, spine-1].");

    public static readonly StepKind FailSwitch = new(
        new RecordShape("fail_switch", "A switch of the underlay's fabric fails with all its links.", Switch, StepKinds.Name, StepKinds.At) { Shorthand = Switch },
        static (f, t) => t.Add(f, new FailSwitchStep(Find(f.Get(Switch)!, f.PlaceOf(Switch), t)) { Name = "", Where = f.Where }));

    public static readonly StepKind RestoreSwitch = new(
        new RecordShape("restore_switch", "A failed switch is back.", Switch, StepKinds.Name, StepKinds.At) { Shorthand = Switch },
        static (f, t) => t.Add(f, new RestoreSwitchStep(Find(f.Get(Switch)!, f.PlaceOf(Switch), t)) { Name = "", Where = f.Where }));

    public static readonly StepKind FailLink = new(
        new RecordShape("fail_link", "A link between two switches of the underlay's fabric goes down, both ways.", Between, StepKinds.Name, StepKinds.At) { Shorthand = Between },
        static (f, t) =>
        {
            (FabricSwitch one, FabricSwitch other) = Ends(f, t);
            t.Add(f, new FailLinkStep(one, other) { Name = "", Where = f.Where });
        });

    public static readonly StepKind RestoreLink = new(
        new RecordShape("restore_link", "A failed link is back.", Between, StepKinds.Name, StepKinds.At) { Shorthand = Between },
        static (f, t) =>
        {
            (FabricSwitch one, FabricSwitch other) = Ends(f, t);
            t.Add(f, new RestoreLinkStep(one, other) { Name = "", Where = f.Where });
        });

    private static (FabricSwitch One, FabricSwitch Other) Ends(Fields fields, TimelineBuilder timeline)
    {
        ImmutableArray<Placed<string>> named = fields.Get(Between).NotDefault();
        if (named.Length != 2)
        {
            timeline.Diagnostics.Report(fields.PlaceOf(Between), "a link is between two switches");
            return default;
        }
        FabricSwitch one = Find(named[0].Value, named[0].Where, timeline);
        FabricSwitch other = Find(named[1].Value, named[1].Where, timeline);
        if (timeline.Fabric.Kind != FabricKind.Star && !FabricSwitch.AreJoined(timeline.Fabric, one, other))
        {
            timeline.Diagnostics.Report(fields.PlaceOf(Between), $"no link joins {named[0].Value} and {named[1].Value}");
        }
        return (one, other);
    }

    private static FabricSwitch Find(string name, SourcePlace where, TimelineBuilder timeline)
    {
        if (!FabricSwitch.TryParse(name, timeline.Fabric, out FabricSwitch found))
        {
            timeline.Diagnostics.Report(where, $"the fabric has no switch '{name}'", FabricSwitch.NamesOf(timeline.Fabric));
        }
        return found;
    }
}
