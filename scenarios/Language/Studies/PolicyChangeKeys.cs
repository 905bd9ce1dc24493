using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>policy_change: { rules: 7, pace: 1ms }</c>.</summary>
internal static class PolicyChangeKeys
{
    private const int MostRules = 31;

    private static readonly Key<PolicyChange> How = Key.Has(
        "how",
        new ChoiceShape<PolicyChange>("a way", ("replace", PolicyChange.Replace), ("delete_first", PolicyChange.DeleteFirst), ("add_first", PolicyChange.AddFirst)),
        PolicyChange.Replace,
        "How: in one step, the old policy deleted before the new one comes, or after.");
    private static readonly Key<int> Rules = Key.Has("rules", new IntegerShape("a number of rules", 2, MostRules), 7, "Of the policy, each a client with a port of its own.");
    private static readonly Key<ProgrammingOrder> Order = Key.Has("order", LiveChangeKeys.Orders, ProgrammingOrder.Safe, "Of the updates.");
    private static readonly Key<SimTime> Pace = Key.Has("pace", new DurationShape(SimTime.FromMicroseconds(1), SimTime.FromSeconds(1)), SimTime.FromMilliseconds(1), "Between two updates of the management plane.");
    private static readonly Key<SimTime> Gap = Key.Has("gap", new DurationShape(SimTime.FromMicroseconds(1), SimTime.FromSeconds(1)), SimTime.FromMicroseconds(50), "Between two packets to the server.");

    public static readonly StudyKind Kind = new(
        new RecordShape("policy_change", "Packets wrongly stopped or let in while one policy gives way to another.", How, Rules, Order, Pace, Gap),
        (fields, context) => new PolicyChangeStudy(fields.Get(How), fields.Get(Rules), fields.Get(Order), fields.Get(Pace), fields.Get(Gap), context.Settings));
}
