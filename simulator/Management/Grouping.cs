namespace MizarLab.Management;

/// <summary>Items 0, 1, 2, … by the group each is in, ascending within a group: two arrays for all groups together.</summary>
internal sealed class Grouping
{
    /// <summary>The group of an item that is in none.</summary>
    public const int Nowhere = -1;

    private readonly int[] starts;
    private readonly int[] items;

    /// <param name="groupOf">0 to <paramref name="groups"/> − 1, or <see cref="Nowhere"/>.</param>
    /// <param name="valueOf">What is kept of an item; null: its number.</param>
    public Grouping(int count, int groups, Func<int, int> groupOf, Func<int, int>? valueOf = null)
    {
        starts = new int[groups + 1];
        for (int i = 0; i < count; i++)
        {
            if (groupOf(i) is var group and not Nowhere)
            {
                starts[group + 1]++;
            }
        }
        for (int g = 0; g < groups; g++)
        {
            starts[g + 1] += starts[g];
        }
        items = new int[starts[groups]];
        int[] next = starts[..groups];
        for (int i = 0; i < count; i++)
        {
            if (groupOf(i) is var group and not Nowhere)
            {
                items[next[group]++] = valueOf?.Invoke(i) ?? i;
            }
        }
    }

    public int CountOf(int group) => starts[group + 1] - starts[group];

    public int At(int group, int number) => items[starts[group] + number];

    public ReadOnlySpan<int> Of(int group) => items.AsSpan(starts[group], CountOf(group));
}
