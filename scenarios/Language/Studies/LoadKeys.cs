using MizarLab.Baselines;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>fan_out: { architecture: full_mesh, nodes: 1_000 }</c> and <c>gateway_overload: { architecture: mizar, load: 2 }</c>.</summary>
internal static class LoadKeys
{
    private static readonly Key<ArchitectureKind> Watches = Key.Needs(
        "architecture",
        W.Any,
        "Who is told: of a full mesh every node, which watches all pods.");
    private static readonly Key<int> Nodes = Key.Needs("nodes", new IntegerShape("a number of nodes", 2, 50_000), "Of the cluster.");
    private static readonly Key<int> Rate = Key.Has("pods_per_second", new IntegerShape("a number of pods", 1, 10_000), 30, "That come.");
    private static readonly Key<int> Seconds = Key.Has("seconds", new IntegerShape("a number of seconds", 1, 3_600), 10, "So long.");
    private static readonly Key<int> Updates = Key.Has("updates", new IntegerShape("a number of events", 1, 100), 3, "Events of a pod where nodes watch: its creation and two updates.");

    private static readonly Key<ArchitectureKind> Relays = Key.Needs(
        "architecture",
        new ChoiceShape<ArchitectureKind>("an architecture", ("mizar", ArchitectureKind.Mizar), ("lab", ArchitectureKind.Lab), ("hoverboard", ArchitectureKind.Hoverboard), ("achelous", ArchitectureKind.Achelous)),
        "Whose relay; a hoverboard's gateway has offloaded nothing yet, and Achelous' hosts learn from the first packet to an address.");
    private static readonly Key<double> Load = Key.Needs("load", new NumberShape("a load", 0.001, 10_000), "Packets of all flows over what the relay can do.");
    private static readonly Key<int> FlowPackets = Key.Has("flow_packets", new IntegerShape("a number of packets", 1, 100_000), 10, "Of a flow one way; each is answered.");
    private static readonly Key<int> Packets = Key.Has("packets", StudyWords.Flows, 400_000, "Packets measured at the relay; as many go before.");

    public static readonly StudyKind FanOut = new(
        new RecordShape("fan_out", "What nodes are told of pods that come.", Watches, Nodes, Rate, Seconds, Updates, W.Gateways, W.Reflectors),
        (fields, context) => new FanOutStudy(
            fields.Get(Watches),
            new ControlShape(fields.Get(Rate) * fields.Get(Seconds), fields.Get(Nodes)) { Updates = fields.Get(Updates), Partitions = 1, Gateways = fields.Get(W.Gateways), Reflectors = fields.Get(W.Reflectors) },
            fields.Get(Seconds), new ControlCosts(), context.Settings));

    public static readonly StudyKind GatewayOverload = new(
        new RecordShape("gateway_overload", "A gateway's or bouncer's queue, and the load at which it gives in.", Relays, Load, FlowPackets, Packets),
        (fields, context) => new GatewayOverloadStudy(fields.Get(Relays), fields.Get(Load), fields.Get(FlowPackets), fields.Get(Packets), context.Settings));
}
