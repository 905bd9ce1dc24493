using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>The tables programs write into, and what a run changed in them: the difference of two states, as exact sets of rows.</summary>
internal static class LearnedTables
{
    private static readonly ImmutableArray<Learned> All =
    [
        new Learned<EndpointKey, CachedHost>(Tables.DirectPath),
        new Learned<ConnectionKey, ConnectionState>(Tables.Connections),
        new Learned<NatKey, NatValue>(Tables.ForwardNat),
        new Learned<NatKey, NatValue>(Tables.ReverseNat),
        new Learned<AgentSubstrateKey, MizarLab.Packets.MacAddress>(Tables.AgentSubstrate),
        new Learned<int, TransmitStatistics>(Tables.Statistics),
        new Learned<AgentId, TokenBucket>(Tables.Tokens),
        new Learned<TranslationKey, TranslationValue>(Tables.Translations),
    ];

    /// <summary>All rows of these tables of one droplet.</summary>
    public static IEnumerable<StateRow> Rows(IDataPlane dataPlane, DropletId droplet) => All.SelectMany(table => table.Rows(dataPlane, droplet));

    /// <summary>Rows that appeared, changed or went since a state.</summary>
    /// <param name="before">Rows of these tables, of the same droplet.</param>
    public static ImmutableArray<StateRow> Changes(DropletState before, IDataPlane dataPlane, DropletId droplet) =>
        [.. All.SelectMany(table => table.Changes(before, dataPlane, droplet))];

    /// <summary>Says what differs between what a run was to change and what it changed.</summary>
    /// <param name="before">The state it began with.</param>
    /// <param name="expected">Rows that were to appear or to change, with the values they were to get.</param>
    public static IEnumerable<string> Differences(DropletState before, IEnumerable<StateRow> expected, IDataPlane dataPlane, DropletId droplet)
    {
        foreach (Learned table in All)
        {
            foreach (string difference in table.Differences(before, expected, dataPlane, droplet))
            {
                yield return difference;
            }
        }
    }

    private abstract class Learned
    {
        public abstract IEnumerable<StateRow> Rows(IDataPlane dataPlane, DropletId droplet);

        public abstract IEnumerable<StateRow> Changes(DropletState before, IDataPlane dataPlane, DropletId droplet);

        public abstract IEnumerable<string> Differences(
            DropletState before, IEnumerable<StateRow> expected, IDataPlane dataPlane, DropletId droplet);
    }

    private sealed class Learned<TKey, TValue>(Table<TKey, TValue> table) : Learned
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        public override IEnumerable<StateRow> Rows(IDataPlane dataPlane, DropletId droplet) =>
            Support.Has(dataPlane, table) ? dataPlane.Rows(droplet, table).Select(row => StateRow.New(table, row.Key, row.Value)) : [];

        public override IEnumerable<StateRow> Changes(DropletState before, IDataPlane dataPlane, DropletId droplet) =>
            Support.Has(dataPlane, table)
                ? Changed(Of(before.Rows), dataPlane, droplet).Select(row => new StateRow<TKey, TValue>(table, row.Key, row.Value))
                : [];

        public override IEnumerable<string> Differences(
            DropletState before, IEnumerable<StateRow> expected, IDataPlane dataPlane, DropletId droplet)
        {
            if (!Support.Has(dataPlane, table))
            {
                yield break;
            }
            Dictionary<TKey, TValue?> want = Of(expected), changed = Changed(Of(before.Rows), dataPlane, droplet);
            foreach ((TKey key, TValue? value) in want)
            {
                if (!changed.Remove(key, out TValue? got))
                {
                    yield return $"{table.Name}: {Row(key, value)} was to be written, and was not";
                }
                else if (!Nullable.Equals(got, value))
                {
                    yield return $"{table.Name} of {TableText.Key(key)}: expected {Text(value)}, got {Text(got)}";
                }
            }
            foreach ((TKey key, TValue? value) in changed)
            {
                yield return $"{table.Name}: {Row(key, value)} was written, and should not be";
            }
        }

        private Dictionary<TKey, TValue?> Changed(Dictionary<TKey, TValue?> was, IDataPlane dataPlane, DropletId droplet)
        {
            Dictionary<TKey, TValue?> changed = was.Where(row => row.Value is not null).ToDictionary(row => row.Key, _ => (TValue?)null);
            foreach ((TKey key, TValue value) in dataPlane.Rows(droplet, table))
            {
                changed.Remove(key);
                if (!was.TryGetValue(key, out TValue? old) || !value.Equals(old))
                {
                    changed[key] = value;
                }
            }
            return changed;
        }

        private static string Row(TKey key, TValue? value) => $"{TableText.Key(key)} = {Text(value)}";

        private static string Text(TValue? value) => value is { } row ? TableText.Value(row) : "none";

        private Dictionary<TKey, TValue?> Of(IEnumerable<StateRow> rows)
        {
            Dictionary<TKey, TValue?> values = [];
            foreach (StateRow<TKey, TValue> row in rows.OfType<StateRow<TKey, TValue>>().Where(row => row.In == table))
            {
                values[row.Key] = row.Value;
            }
            return values;
        }
    }
}
