using System.Numerics;

namespace MizarLab.DataPlane;

/// <summary>
/// A devmap: an array of slots, upstream's of 128 (§3.1), filled or empty. A slot that holds the port of its own number, as every plan fills them, is a bit;
/// another costs an array as long as the highest such slot.
/// </summary>
public struct SlotTable(int limit)
{
    /// <summary>A devmap as large as upstream's.</summary>
    public SlotTable()
        : this(Limit)
    {
    }

    /// <summary>Slots of upstream's devmap.</summary>
    public const int Limit = 128;

    private const int WordBits = 64;

    /// <summary>Slots 0 to 127 that hold their own number, in the object itself.</summary>
    private ulong first;
    private ulong second;

    /// <summary>The same of slots from 128 on.</summary>
    private ulong[] further = [];
    private PortId?[] others = [];

    /// <summary>Whether a redirect to this slot has a target; any number may be asked.</summary>
    public readonly bool IsFilled(int slot) => HoldsItsNumber(slot) || ((uint)slot < (uint)others.Length && others[slot] is not null);

    /// <summary>The port in a slot; any number may be asked.</summary>
    public readonly bool TryGet(int slot, out PortId port)
    {
        if (HoldsItsNumber(slot))
        {
            port = new PortId(slot);
            return true;
        }
        bool filled = (uint)slot < (uint)others.Length && others[slot] is not null;
        port = filled ? others[slot]!.Value : default;
        return filled;
    }

    /// <summary>Fills a slot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such slot in a devmap.</exception>
    public void Put(in int key, in PortId value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)key, (uint)limit, "slot");
        Remove(in key);
        if (value.Value == key)
        {
            WordOf(key) |= BitOf(key);
            return;
        }
        if (key >= others.Length)
        {
            Array.Resize(ref others, key + 1);
        }
        others[key] = value;
    }

    public bool Remove(in int key)
    {
        if (HoldsItsNumber(key))
        {
            WordOf(key) &= ~BitOf(key);
            return true;
        }
        if (!IsFilled(key))
        {
            return false;
        }
        others[key] = null;
        return true;
    }

    public readonly void CopyTo(ICollection<KeyValuePair<int, PortId>> rows)
    {
        int end = Math.Max((further.Length + 2) * WordBits, others.Length);
        for (int slot = 0; slot < end; slot++)
        {
            if (TryGet(slot, out PortId port))
            {
                rows.Add(new KeyValuePair<int, PortId>(slot, port));
            }
        }
    }

    private static ulong BitOf(int slot) => 1ul << (slot % WordBits);

    private readonly bool HoldsItsNumber(int slot)
    {
        ulong word = ((uint)slot / WordBits) switch
        {
            0 => first,
            1 => second,
            var n when n - 2 < (uint)further.Length => further[n - 2],
            _ => 0,
        };
        return (word & BitOf(slot)) != 0;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref ulong WordOf(int slot)
    {
        int word = slot / WordBits;
        if (word >= 2 && word - 2 >= further.Length)
        {
            Array.Resize(ref further, (int)BitOperations.RoundUpToPowerOf2((uint)word - 1));
        }
        return ref word == 0 ? ref first : ref word == 1 ? ref second : ref further[word - 2];
    }
}
