using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>live_change: { change: add_bouncer, order: upstream, pace: 1ms }</c>.</summary>
internal static class LiveChangeKeys
{
    private const int MostEndpoints = 10_000, MostHolders = 16;
    private const long MostPackets = 2_000_000;

    public static readonly ChoiceShape<ProgrammingOrder> Orders = new("an order", ("safe", ProgrammingOrder.Safe), ("upstream", ProgrammingOrder.Upstream));

    private static readonly Key<LiveChange> Change = Key.Needs(
        "change",
        new ChoiceShape<LiveChange>(
            "a change", ("add_bouncer", LiveChange.AddBouncer), ("add_divider", LiveChange.AddDivider), ("remove_bouncer", LiveChange.RemoveBouncer), ("remove_divider", LiveChange.RemoveDivider)),
        "What changes: the destination's network gets or loses a bouncer, or the VPC a divider.");
    private static readonly Key<ProgrammingOrder> Order = Key.Has("order", Orders, ProgrammingOrder.Safe, "Of the updates: safe, or as upstream at HEAD.");
    private static readonly Key<int> Endpoints = Key.Has("endpoints", new IntegerShape("a number of endpoints", 1, MostEndpoints), 50, "Of each of the two networks; each pair sends one way.");
    private static readonly Key<int> Holders = Key.Has("holders", new IntegerShape("a number of role holders", 2, MostHolders), 3, "Bouncers of each network, and dividers, before the change.");
    private static readonly Key<SimTime> Pace = Key.Has("pace", new DurationShape(SimTime.FromMicroseconds(1), SimTime.FromSeconds(1)), SimTime.FromMilliseconds(1), "Between two updates of the management plane.");
    private static readonly Key<SimTime> Gap = Key.Has("gap", new DurationShape(SimTime.FromMicroseconds(1), SimTime.FromSeconds(1)), SimTime.FromMicroseconds(50), "Between two packets of all pairs together.");

    public static readonly StudyKind Kind = new(
        new RecordShape("live_change", "What a change of bouncers or dividers costs packets on their way, by the order it is programmed in.", Change, Order, Endpoints, Holders, Pace, Gap),
        (fields, context) =>
        {
            (SimTime pace, SimTime gap, int endpoints) = (fields.Get(Pace), fields.Get(Gap), fields.Get(Endpoints));

            // A new bouncer is told of every endpoint, and every endpoint's agent of it: some four updates each.
            if (pace.Picoseconds / gap.Picoseconds * 4 * endpoints > MostPackets)
            {
                context.Diagnostics.Report(fields.PlaceOf(Gap), $"some {pace.Picoseconds / gap.Picoseconds * 4 * endpoints} packets during the change", "a longer gap, or fewer endpoints");
                return null;
            }
            return new LiveChangeStudy(fields.Get(Change), fields.Get(Order), endpoints, fields.Get(Holders), pace, gap, context.Settings);
        });
}
