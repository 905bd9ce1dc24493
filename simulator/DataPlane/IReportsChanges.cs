using MizarLab.Observation;

namespace MizarLab.DataPlane;

/// <summary>A data plane that can say which rows a program's run changed. Writes through the table seam are not reported: the writer knows them.</summary>
public interface IReportsChanges
{
    /// <summary>Off at first; while off nothing is kept, and nothing allocated.</summary>
    bool ReportChanges { get; set; }

    /// <summary>
    /// The rows changed by runs since the last call, in the order they changed, and forgets them. A row written again with the value
    /// it had is no change.
    /// </summary>
    IReadOnlyList<TableChange> TakeChanges();

    /// <summary>Hands the same over as values, and forgets them.</summary>
    void TakeChanges(IRowVisitor visitor);
}

/// <summary>Takes rows of any table.</summary>
public interface IRowVisitor
{
    /// <param name="value">Null: the row was removed.</param>
    void Row<TKey, TValue>(Table<TKey, TValue> table, in TKey key, TValue? value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct;
}
