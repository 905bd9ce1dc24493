namespace MizarLab.DataPlane;

/// <summary>
/// Frames dropped or aborted so far, by <see cref="Reason"/>: what the agent, transit or the scaled stage decided, before the statistics and stages that may
/// answer otherwise.
/// </summary>
internal sealed class DropCounters : IRows<int, ulong>
{
    private readonly ulong[] counts = new ulong[byte.MaxValue + 1];

    public void Count(Reason reason) => counts[(int)reason]++;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Always: programs count, others read and delete.</exception>
    public void Put(in int key, in ulong value) =>
        throw new InvalidOperationException("drops are counted by the programs; a row can only be deleted");

    public bool Remove(in int key)
    {
        bool counted = (uint)key < (uint)counts.Length && counts[key] != 0;
        if (counted)
        {
            counts[key] = 0;
        }
        return counted;
    }

    public void CopyTo(ICollection<KeyValuePair<int, ulong>> rows)
    {
        for (int reason = 0; reason < counts.Length; reason++)
        {
            if (counts[reason] != 0)
            {
                rows.Add(new KeyValuePair<int, ulong>(reason, counts[reason]));
            }
        }
    }
}
