using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>policer: { load: 1, horizon: 0ms }</c>.</summary>
internal static class PolicerKeys
{
    private static readonly Key<double> Load = Key.Needs("load", new NumberShape("a load", 0.01, 100), "What is offered, over the limit.");
    private static readonly Key<SimTime> Horizon = Key.Has("horizon", new DurationShape(SimTime.Zero, SimTime.FromSeconds(60)), SimTime.Zero, "How far ahead a packet's departure may be; upstream programs 0.");
    private static readonly Key<ServiceClass> Class = Key.Has(
        "class",
        new ChoiceShape<ServiceClass>("a class", ("premium", ServiceClass.Premium), ("best_effort", ServiceClass.BestEffort)),
        ServiceClass.BestEffort,
        "The sender's class of service.");
    private static readonly Key<int> Packets = Key.Has("packets", StudyWords.Flows, 100_000, "Packets that are measured; as many go before.");

    public static readonly StudyKind Kind = new(
        new RecordShape("policer", "What becomes of equal packets, Poisson in time, at a droplet's best-effort limit of 100 Mbit.", Load, Horizon, Class, Packets),
        (fields, context) => new PolicerStudy(fields.Get(Load), fields.Get(Horizon), fields.Get(Class), fields.Get(Packets), context.Settings));
}
