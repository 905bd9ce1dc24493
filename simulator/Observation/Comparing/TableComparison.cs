using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Comparing;

/// <summary>
/// Compares the tables at the end of two runs, row by row as text. A table only one side dumped must be empty there. Sessions with the outside are compared between
/// simulated runs alone: an echo's identifier is its kernel's choice, which makes rows of their own; what sessions did is in the frames.
/// </summary>
internal static class TableComparison
{
    private const string Separator = " = ";

    public static void Compare(Topology topology, BackendRun left, BackendRun right, DifferenceList found)
    {
        SortedDictionary<(int Droplet, string Table), (ImmutableArray<string> Left, ImmutableArray<string> Right)> tables =
            new(Comparer<(int Droplet, string Table)>.Create((a, b) =>
                a.Droplet.CompareTo(b.Droplet) is var order and not 0 ? order : string.CompareOrdinal(a.Table, b.Table)));
        foreach (TableDump dump in left.Tables)
        {
            tables[(dump.Droplet.Index, dump.Table)] = (dump.Rows, default);
        }
        foreach (TableDump dump in right.Tables)
        {
            tables.TryGetValue((dump.Droplet.Index, dump.Table), out (ImmutableArray<string> Left, ImmutableArray<string> Right) pair);
            tables[(dump.Droplet.Index, dump.Table)] = (pair.Left, dump.Rows);
        }
        foreach (((int droplet, string table), (ImmutableArray<string> l, ImmutableArray<string> r)) in tables)
        {
            string subject = $"table {table} on {topology.NameOf(new DropletId(droplet))} at the end";
            if (table != Tables.Translations.Name || !(left.Traits.Live || right.Traits.Live))
            {
                CompareRows(subject, l, r, found);
            }
        }
    }

    private static void CompareRows(string subject, ImmutableArray<string> left, ImmutableArray<string> right, DifferenceList found)
    {
        SortedDictionary<string, string> l = ByKey(left);
        SortedDictionary<string, string> r = ByKey(right);
        string absentLeft = left.IsDefault ? "not dumped" : "no such row";
        string absentRight = right.IsDefault ? "not dumped" : "no such row";
        foreach ((string key, string row) in l)
        {
            string other = r.GetValueOrDefault(key, absentRight);
            if (other != row)
            {
                Tell(subject, key, row, other, found);
            }
            else
            {
                found.TableRows++;
            }
        }
        foreach ((string key, string row) in r)
        {
            if (!l.ContainsKey(key))
            {
                Tell(subject, key, absentLeft, row, found);
            }
        }
    }

    private static void Tell(string subject, string key, string left, string right, DifferenceList found)
    {
        found.TableRows++;
        found.Add(new Difference { Subject = $"{subject}, key {key}", Aspect = "table", Left = left, Right = right });
    }

    private static SortedDictionary<string, string> ByKey(ImmutableArray<string> rows)
    {
        SortedDictionary<string, string> byKey = new(StringComparer.Ordinal);
        foreach (string row in rows.IsDefault ? [] : rows)
        {
            // Keys are unique in a table; should a dump repeat one, the second row stands under its whole text and is compared too.
            if (!byKey.TryAdd(row.IndexOf(Separator, StringComparison.Ordinal) is int at and >= 0 ? row[..at] : row, row))
            {
                byKey.TryAdd(row, row);
            }
        }
        return byKey;
    }
}
