using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Backends;
using MizarLab.Workload.Traffic;

namespace MizarLab.Harness.Traces;

/// <summary>
/// Reads a trace of virtual machines in the form in which Azure released its packing trace (AzureTracesForPacking2020, CC-BY 4.0; spec 12 §5.3): an SQLite file with a table <c>vm</c> of vmId, tenantId,
/// vmTypeId, priority, starttime and endtime. Times are days and fractions of one from the trace's beginning; a negative start was there before, an end of NULL outlives it. Types and
/// priorities say nothing to a network and are not read. The file itself is not ours to bring along: whoever wants it downloads it.
/// </summary>
public static class AzurePackingTrace
{
    /// <summary>The released trace has 5.6 million; more is no trace of this kind.</summary>
    private const int MostMachines = 20_000_000;

    /// <summary>Days beyond which a time is no time: a century.</summary>
    private const double MostDays = 36_525;

    /// <exception cref="HarnessException">No such file, no SQLite database, another form, or a row that cannot be: one line that begins with the path.</exception>
    public static ImmutableArray<TracedLife> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new HarnessException($"{path}: there is no such file");
        }
        try
        {
            // Immutable: what a log beside the file would add to it is no part of the file, which is what a run keeps.
            string uri = $"{new Uri(Path.GetFullPath(path)).AbsoluteUri}?immutable=1";
            using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = uri, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            CheckKind(path, connection);
            CheckForm(path, connection);
            return ReadRows(path, connection);
        }
        catch (SqliteException refusal)
        {
            throw new HarnessException($"{path}: {refusal.Message}", refusal);
        }
    }

    /// <summary>A view or a column that is computed could be an endless query.</summary>
    private static void CheckKind(string path, SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "select coalesce((select case when type <> 'table' then type when rootpage = 0 then 'virtual table' end from sqlite_schema where lower(name) = 'vm'), (select 'table with computed columns' from pragma_table_xinfo('vm') where hidden <> 0 limit 1))";
        if (command.ExecuteScalar() is string kind)
        {
            throw new HarnessException($"{path}: 'vm' is a {kind}; a packing trace has an ordinary table");
        }
    }

    private static void CheckForm(string path, SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select lower(name) from pragma_table_info('vm')";
        List<string> columns = [];
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                columns.Add(reader.GetString(0));
            }
        }
        if (columns.Count == 0)
        {
            throw new HarnessException($"{path}: no table 'vm'; a packing trace has one with vmId, tenantId, vmTypeId, priority, starttime and endtime");
        }
        foreach (string needed in (string[])["vmId", "tenantId", "starttime", "endtime"])
        {
            if (!columns.Contains(needed.ToLowerInvariant()))
            {
                throw new HarnessException($"{path}: table 'vm' has no column '{needed}'; it has {string.Join(", ", columns)}");
            }
        }
    }

    private static ImmutableArray<TracedLife> ReadRows(string path, SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select vmId, tenantId, starttime, endtime from vm order by rowid";
        using SqliteDataReader reader = command.ExecuteReader();
        ImmutableArray<TracedLife>.Builder lives = ImmutableArray.CreateBuilder<TracedLife>();
        while (reader.Read())
        {
            int row = lives.Count + 1;
            if (row > MostMachines)
            {
                throw new HarnessException($"{path}: more than {MostMachines} machines");
            }
            double begins = Days(path, reader, row, 2) ?? throw Bad(path, row, "starttime", "NULL");
            double? ends = Days(path, reader, row, 3);
            if (ends < begins)
            {
                throw new HarnessException(string.Create(CultureInfo.InvariantCulture, $"{path}: row {row} of 'vm' ends on day {ends}, before it begins on day {begins}"));
            }
            lives.Add(new TracedLife(Whole(path, reader, row, 0), Whole(path, reader, row, 1), begins, ends));
        }
        return lives.Count > 0 ? lives.DrainToImmutable() : throw new HarnessException($"{path}: table 'vm' is empty");
    }

    private static long Whole(string path, SqliteDataReader reader, int row, int column) =>
        reader.GetValue(column) is long whole ? whole : throw Bad(path, row, reader.GetName(column), reader.GetValue(column));

    private static double? Days(string path, SqliteDataReader reader, int row, int column) => reader.GetValue(column) switch
    {
        DBNull => null,
        double days when Math.Abs(days) <= MostDays => days,
        long days when Math.Abs((double)days) <= MostDays => days,
        object other => throw Bad(path, row, reader.GetName(column), other),
    };

    private static HarnessException Bad(string path, int row, string column, object value)
    {
        string text = value switch
        {
            DBNull => "NULL",
            byte[] bytes => $"{bytes.Length} bytes",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        const int longest = 40;
        return new HarnessException($"{path}: row {row} of 'vm' has {column} {(text.Length > longest ? text[..longest] + "…" : text)}, which is none");
    }
}
