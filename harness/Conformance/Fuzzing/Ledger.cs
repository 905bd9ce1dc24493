using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Keeps every row the management plane has written and not taken back, so that a state can be told at any time.</summary>
internal sealed class Ledger(int droplets) : ITableWriter
{
    private readonly Dictionary<(ITable Table, object Key), StateRow>[] rows = [.. Enumerable.Range(0, droplets).Select(_ => new Dictionary<(ITable, object), StateRow>())];

    public int Droplets => rows.Length;

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => rows[droplet.Index][(table, key)] = StateRow.New(table, in key, in value);

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => rows[droplet.Index].Remove((table, key));

    /// <summary>The droplets as they are: what was written, and over it what they have learned.</summary>
    public ImmutableArray<DropletState> States(IDataPlane learned) =>
        [.. rows.Select((written, at) => new DropletState([.. written.Values, .. LearnedTables.Rows(learned, new DropletId(at))]) { Agents = 127 })];
}
