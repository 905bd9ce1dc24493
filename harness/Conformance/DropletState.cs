using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>The state of one droplet: rows of any of its tables. Of rows with one key the last holds, as updates would have it.</summary>
public sealed record DropletState(ImmutableArray<StateRow> Rows)
{
    public static readonly DropletState Empty = new([]);

    /// <summary>Agents it has, programmed or not: <see cref="AgentId"/> 1 and up.</summary>
    public int Agents { get; init; }

    /// <summary>The droplet's underlay address; 0.0.0.0 when its interface was never written.</summary>
    public Ipv4Address Address => TryGet(Tables.Interface, 0, out InterfaceConfig nic) ? nic.Address : Ipv4Address.Any;

    /// <summary>The devmap slot of its NIC.</summary>
    public int NicSlot => TryGet(Tables.Interface, 0, out InterfaceConfig nic) ? nic.Slot : 0;

    public DropletState With(IEnumerable<StateRow> rows) => this with { Rows = Rows.AddRange(rows) };

    /// <summary>The rows of one table, in the order they are written.</summary>
    public IEnumerable<StateRow<TKey, TValue>> Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Rows.OfType<StateRow<TKey, TValue>>().Where(row => row.In == table);

    public bool TryGet<TKey, TValue>(Table<TKey, TValue> table, TKey key, out TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        StateRow<TKey, TValue>? row = Of(table).LastOrDefault(row => row.Key.Equals(key));
        value = row?.Value ?? default;
        return row?.Value is not null;
    }
}
