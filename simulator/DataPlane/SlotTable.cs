namespace MizarLab.DataPlane;

/// <summary>A devmap: an array of slots, upstream's of 128 (§3.1), filled or empty. Costs its highest filled slot.</summary>
public sealed class SlotTable(int limit = SlotTable.Limit) : IRows<int, PortId>
{
    /// <summary>Slots of upstream's devmap.</summary>
    public const int Limit = 128;

    private PortId?[] slots = [];

    /// <summary>Whether a redirect to this slot has a target; any number may be asked.</summary>
    public bool IsFilled(int slot) => (uint)slot < (uint)slots.Length && slots[slot] is not null;

    /// <summary>The port in a slot; any number may be asked.</summary>
    public bool TryGet(int slot, out PortId port)
    {
        bool filled = IsFilled(slot);
        port = filled ? slots[slot]!.Value : default;
        return filled;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">No such slot in a devmap.</exception>
    public void Put(in int key, in PortId value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)key, (uint)limit, "slot");
        if (key >= slots.Length)
        {
            Array.Resize(ref slots, key + 1);
        }
        slots[key] = value;
    }

    public bool Remove(in int key)
    {
        if (!IsFilled(key))
        {
            return false;
        }
        slots[key] = null;
        return true;
    }

    public void CopyTo(ICollection<KeyValuePair<int, PortId>> rows)
    {
        for (int slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { } port)
            {
                rows.Add(new KeyValuePair<int, PortId>(slot, port));
            }
        }
    }
}
