using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>The tables of all droplets as text, at the end of a run.</summary>
internal static class LiveTables
{
    public static ImmutableArray<TableDump> Dump(ITableReader tables, int droplets)
    {
        ImmutableArray<TableDump>.Builder dumps = ImmutableArray.CreateBuilder<TableDump>();
        for (int i = 0; i < droplets; i++)
        {
            DropletId droplet = new(i);
            dumps.Add(Dump(tables, droplet, Tables.Endpoints));
            dumps.Add(Dump(tables, droplet, Tables.Networks));
            dumps.Add(Dump(tables, droplet, Tables.Vpcs));
            dumps.Add(Dump(tables, droplet, Tables.DirectPath));
            dumps.Add(Dump(tables, droplet, Tables.Agents));
            dumps.Add(Dump(tables, droplet, Tables.AgentSubstrate));
        }
        return dumps.ToImmutable();
    }

    private static TableDump Dump<TKey, TValue>(ITableReader tables, DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct =>
        new(droplet, table.Name, [.. tables.Rows(droplet, table).Select(r => TableText.Row(r.Key, r.Value)).Order(StringComparer.Ordinal)]);
}
