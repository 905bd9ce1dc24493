using System.Collections.Immutable;

namespace MizarLab.Studies;

/// <summary>
/// The points of a sweep: the product of its axes' values, the last axis fastest, less those a constraint leaves out. A point is an index; what it is made of
/// is computed, so that a million of them cost four megabytes.
/// </summary>
public sealed class SweepGrid
{
    /// <summary>Runs an experiment has at most, and cells a grid.</summary>
    public const int Limit = 1_000_000;

    private readonly int[] cells;

    private SweepGrid(ImmutableArray<SweepAxis> axes, int[] cells)
    {
        Axes = axes;
        this.cells = cells;
    }

    public ImmutableArray<SweepAxis> Axes { get; }

    public int Count => cells.Length;

    /// <summary>How many cells axes of so many values span, without making any; the largest number there is when it is more.</summary>
    public static long CellsOf(IEnumerable<long> counts)
    {
        UInt128 cells = 1;
        foreach (long count in counts)
        {
            cells = UInt128.Min(cells * (UInt128)count, long.MaxValue);
        }
        return (long)cells;
    }

    /// <summary>All cells.</summary>
    /// <exception cref="ArgumentException">More than <see cref="Limit"/>.</exception>
    public static SweepGrid Of(ImmutableArray<SweepAxis> axes)
    {
        long count = CellsOf(axes.Select(a => (long)a.Values.Length));
        if (count > Limit)
        {
            throw new ArgumentException($"{count} cells; at most {Limit}", nameof(axes));
        }
        return new SweepGrid(axes, [.. Enumerable.Range(0, (int)count)]);
    }

    /// <summary>The points for which <paramref name="keep"/> says so.</summary>
    public SweepGrid Where(Func<int, bool> keep) => new(Axes, [.. Enumerable.Range(0, Count).Where(keep).Select(p => cells[p])]);

    /// <summary>The index of a point's value on an axis.</summary>
    public int IndexOf(int point, int axis)
    {
        int cell = cells[point];
        for (int i = Axes.Length - 1; i > axis; i--)
        {
            cell /= Axes[i].Values.Length;
        }
        return cell % Axes[axis].Values.Length;
    }

    public AxisValue ValueOf(int point, int axis) => Axes[axis].Values[IndexOf(point, axis)];

    /// <summary>The axis called so, by name or path; −1 when there is none.</summary>
    public int AxisNamed(string name)
    {
        for (int i = 0; i < Axes.Length; i++)
        {
            if (Axes[i].IsCalled(name))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary><c>dialect lab, bouncers 4</c>: a point by its axes' values; those of some axes left out.</summary>
    public string Describe(int point, params ReadOnlySpan<int> without)
    {
        List<string> parts = [];
        for (int i = 0; i < Axes.Length; i++)
        {
            if (!without.Contains(i) && Axes[i].Values.Length > 1)
            {
                parts.Add($"{Axes[i].Name} {ValueOf(point, i).Text}");
            }
        }
        return string.Join(", ", parts);
    }

    /// <summary>Points that agree on all axes but some, in the order of the first of each group.</summary>
    public ImmutableArray<ImmutableArray<int>> GroupsOf(ImmutableArray<int> points, params ReadOnlySpan<int> without)
    {
        SortedDictionary<long, int> index = [];
        List<ImmutableArray<int>.Builder> groups = [];
        foreach (int point in points)
        {
            long key = 0;
            for (int i = 0; i < Axes.Length; i++)
            {
                key = (key * Axes[i].Values.Length) + (without.Contains(i) ? 0 : IndexOf(point, i));
            }
            if (index.TryAdd(key, groups.Count))
            {
                groups.Add(ImmutableArray.CreateBuilder<int>());
            }
            groups[index[key]].Add(point);
        }
        return [.. groups.Select(g => g.ToImmutable())];
    }
}
