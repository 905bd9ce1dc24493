using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>connections: { capacity: 1_000, connections: 400, knocks: 800 }</c>.</summary>
internal static class ConnectionsKeys
{
    private const int MostCapacity = 1_000_000;

    private static readonly Key<int> Capacity = Key.Has("capacity", new IntegerShape("a number of rows", 1, MostCapacity), 50_000, "Rows of each droplet's connection table; upstream's has 50 000.");
    private static readonly Key<int> Connections = Key.Needs("connections", new IntegerShape("a number of connections", 1, ConnectionsStudy.Most), "Connections that wait for an answer.");
    private static readonly Key<int> Knocks = Key.Needs("knocks", new IntegerShape("a number of knocks", 0, ConnectionsStudy.Most), "Denied packets meanwhile, each from a port of its own.");
    private static readonly Key<bool> OldestFirst = Key.Has(
        "answers", new ChoiceShape<bool>("an order", ("youngest_first", false), ("oldest_first", true)), false, "Which connection is answered first.");

    public static readonly StudyKind Kind = new(
        new RecordShape("connections", "A scan against a server's connection table.", Capacity, Connections, Knocks, OldestFirst),
        (fields, context) => new ConnectionsStudy(fields.Get(Capacity), fields.Get(Connections), fields.Get(Knocks), fields.Get(OldestFirst), context.Settings));
}
