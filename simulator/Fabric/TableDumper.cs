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
            Add(Tables.Endpoints);
            Add(Tables.Networks);
            Add(Tables.Vpcs);
            Add(Tables.DirectPath);
            Add(Tables.Agents);
            Add(Tables.AgentSubstrate);
            Add(Tables.Stages);
            Add(Tables.ServicePorts);
            Add(Tables.ForwardNat);
            Add(Tables.ReverseNat);
            Add(Tables.Connections);
            Add(Tables.PolicyEnforced);
            Add(Tables.PolicyPorts);
            Add(Tables.PolicyCidrs);
            Add(Tables.PolicyLabels);
            Add(Tables.Statistics);
            Add(Tables.Bandwidth);
            Add(Tables.Peers);
            Add(Tables.Nacl);
            Add(Tables.Translators);
            Add(Tables.PortForwards);
            Add(Tables.Translations);

            void Add<TKey, TValue>(Table<TKey, TValue> table)
                where TKey : struct, IEquatable<TKey>
                where TValue : struct
            {
                if (reader.Knows(table))
                {
                    dumps.Add(Of(reader, droplet, table));
                }
            }
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
