namespace MizarLab.DataPlane;

/// <summary>A table of one row, key 0, that reads as zeros until it is written: upstream's ARRAY of one (§3.5 row 1).</summary>
internal struct SingleRow<TValue>
    where TValue : struct
{
    private TValue value;
    private bool written;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly TValue Value => ref value;

    /// <summary>Whether there is a row; <see cref="Value"/> is zeros while there is none.</summary>
    public readonly bool IsWritten => written;

    /// <summary>Writes the row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key is not 0.</exception>
    public void Put(in int key, in TValue value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key, 0);
        this.value = value;
        written = true;
    }

    public bool Remove(in int key)
    {
        bool removed = written && key == 0;
        if (removed)
        {
            value = default;
            written = false;
        }
        return removed;
    }

    public readonly void CopyTo(ICollection<KeyValuePair<int, TValue>> rows)
    {
        if (written)
        {
            rows.Add(new KeyValuePair<int, TValue>(0, value));
        }
    }
}
