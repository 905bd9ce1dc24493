namespace MizarLab.DataPlane;

/// <summary>Rows of one table of one droplet, as the table seam reads and writes them.</summary>
public interface IRows<TKey, TValue>
    where TKey : struct
    where TValue : struct
{
    /// <summary>Inserts or replaces a row.</summary>
    void Put(in TKey key, in TValue value);

    /// <summary>Removes a row; false when there was none.</summary>
    bool Remove(in TKey key);

    /// <summary>Adds all rows, in no particular order.</summary>
    void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows);
}

/// <summary>A new row for a table that holds as many as it may.</summary>
public sealed class TableFullException(int limit) : InvalidOperationException($"the table is full: it holds its limit of {limit} rows")
{
    /// <summary>Rows the table holds at most.</summary>
    public int Limit { get; } = limit;
}
