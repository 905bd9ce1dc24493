using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Collects what a run says it changed: the last value of each row.</summary>
internal sealed class ChangeSink : IRowVisitor
{
    public List<StateRow> Rows { get; } = [];

    public void Row<TKey, TValue>(Table<TKey, TValue> table, in TKey key, TValue? value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        StateRow<TKey, TValue> row = new(table, key, value);
        for (int i = 0; i < Rows.Count; i++)
        {
            if (Rows[i].HasKeyOf(row))
            {
                Rows[i] = row;
                return;
            }
        }
        Rows.Add(row);
    }

    public bool SameAs(ChangeSink other)
    {
        if (Rows.Count != other.Rows.Count)
        {
            return false;
        }
        foreach (StateRow row in Rows)
        {
            if (!other.Rows.Contains(row))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Gives the rows back the values they had in a state, or takes them away.</summary>
    public void Undo(RowIndex state, IDataPlane first, IDataPlane second, DropletId droplet)
    {
        foreach (StateRow row in Rows)
        {
            StateRow original = state.Find(row) ?? row.Removed();
            original.Put(first, droplet);
            original.Put(second, droplet);
        }
    }
}

/// <summary>Finds a state's rows by table and key.</summary>
internal sealed class RowIndex
{
    private readonly Dictionary<(ITable Table, object Key), StateRow> rows = [];

    public RowIndex(DropletState state)
    {
        foreach (StateRow row in state.Rows)
        {
            rows[(row.Table, row.BoxedKey)] = row;
        }
    }

    /// <summary>The row with the key of this one.</summary>
    public StateRow? Find(StateRow like) => rows.GetValueOrDefault((like.Table, like.BoxedKey));
}
