using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>backends: { before: 5, after: 4, connections: 5_000 }</c>.</summary>
internal static class BackendsKeys
{
    /// <summary>What a host's NAT cache holds in the dialect <c>lab</c>.</summary>
    private const int MostConnections = 16_384;

    private static readonly ChoiceShape<BalancerKind> Balancers = new(
        "a balancer", ("mizar", BalancerKind.Mizar), ("fewest_connections", BalancerKind.FewestConnections), ("cookie", BalancerKind.Cookie));

    private static readonly Key<int> Before = Key.Needs("before", StudyWords.Holders, "Backends of the service.");
    private static readonly Key<int> After = Key.Needs("after", StudyWords.Holders, "Backends then; the last leave, new ones come last.");
    private static readonly Key<int> Connections = Key.Has("connections", new IntegerShape("a number of connections", 1, MostConnections), 5_000, "Connections of one client.");
    private static readonly Key<SimTime> Idle = Key.Has("idle", new DurationShape(SimTime.Zero, SimTime.FromSeconds(86_400)), SimTime.Zero, "Between the change and the connections' next packets.");
    private static readonly Key<BalancerKind> Balancer = Key.Has("balancer", Balancers, BalancerKind.Mizar, "Who picks: Mizar's bouncer, by a hash (sharding); one that every packet passes and that keeps a row for each connection, which went where the fewest were of a few drawn backends (power of two choices); one whose connections carry their backend in a cookie (Cheetah).");
    private static readonly Key<int> Choices = Key.Has("choices", new IntegerShape("a number of choices", 1, 16), 2, "Backends that fewest_connections draws for a connection.");

    public static readonly StudyKind Kind = new(
        new RecordShape("backends", "What becomes of a service's connections when its backends change.", Before, After, Connections, Idle, Balancer, Choices),
        (fields, context) => new BackendsStudy(fields.Get(Before), fields.Get(After), fields.Get(Connections), fields.Get(Idle), fields.Get(Balancer), fields.Get(Choices), context.Settings));
}
