namespace MizarLab.DataPlane;

/// <summary>Values that do not fit their table's packed rows, one behind the other; a row keeps the place of its own. A part of a table, not an object of its own.</summary>
internal struct WholeValues<T>()
    where T : struct
{
    private T[] values = [];
    private int count;

    public readonly ref readonly T this[int place] => ref values[place];

    /// <summary>Keeps a value, at its place or, when that is −1, at a new one.</summary>
    /// <returns>Where it is.</returns>
    public int Keep(int place, in T value)
    {
        if (place < 0)
        {
            if (count == values.Length)
            {
                Array.Resize(ref values, Math.Max(2, values.Length * 2));
            }
            place = count++;
        }
        values[place] = value;
        return place;
    }

    /// <summary>Takes a value out; the last takes its place.</summary>
    /// <returns>Where the last was: the row that had it there has it at <paramref name="place"/> now.</returns>
    public int Remove(int place)
    {
        int last = --count;
        values[place] = values[last];
        values[last] = default;
        return last;
    }
}
