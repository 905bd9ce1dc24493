using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Reads tables back as sorted text: the form in which the ends of two runs are compared.</summary>
public static class TableDumper
{
    /// <summary>The tables that say what a droplet knows; devmaps and the NIC's identity are each backend's own affair.</summary>
    public static ImmutableArray<TableDump> Dump(Topology topology, ITableReader reader)
    {
        ImmutableArray<TableDump>.Builder dumps = ImmutableArray.CreateBuilder<TableDump>();
        for (int i = 0; i < topology.Droplets.Length; i++)
        {
            DropletId droplet = new(i);
            dumps.Add(Of(reader, droplet, Tables.Endpoints));
            dumps.Add(Of(reader, droplet, Tables.Networks));
            dumps.Add(Of(reader, droplet, Tables.Vpcs));
            dumps.Add(Of(reader, droplet, Tables.DirectPath));
            dumps.Add(Of(reader, droplet, Tables.Agents));
            dumps.Add(Of(reader, droplet, Tables.AgentSubstrate));
        }
        return dumps.ToImmutable();
    }

    /// <summary>One table of one droplet, its rows sorted by their text, ordinally.</summary>
    public static TableDump Of<TKey, TValue>(ITableReader reader, DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        string[] rows = [.. reader.Rows(droplet, table).Select(row => TableText.Row(row.Key, row.Value))];
        Array.Sort(rows, StringComparer.Ordinal);
        return new TableDump(droplet, table.Name, [.. rows]);
    }
}
