using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Harness.Results.Comparing;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>
/// The results of an experiment as they come: each run is a transaction of <c>results.db</c> (SQLite, write-ahead log) and then a line of <c>results.csv</c>. A process killed at any
/// moment leaves a database with all runs that had ended, each once; what a torn last line of the CSV file lost is in it.
/// </summary>
/// <remarks>
/// Tables: <c>experiment</c> (facts by name), <c>points</c> (a column an axis), <c>runs</c> (a column a measure), and the view <c>results</c> of both:
/// <code>select dialect, avg(distinct_paths) from results group by 1</code>
/// </remarks>
public sealed class ExperimentStore : IRunSink, IDisposable
{
    public const string Name = "results.db";

    /// <summary><c>MizE</c>.</summary>
    private const int ApplicationId = 0x4D69_7A45;

    private const int SchemaVersion = 1;

    private readonly Experiment experiment;
    private readonly SqliteConnection connection;
    private readonly InsertStatement insert;
    private readonly StreamWriter csv;
    private readonly FileStream hold;
    private readonly string folder;

    private ExperimentStore(Experiment experiment, string folder, SqliteConnection connection, FileStream hold)
    {
        this.experiment = experiment;
        this.folder = folder;
        this.connection = connection;
        this.hold = hold;
        insert = new InsertStatement(
            connection, "runs", ["point", "replication", "seed", "fingerprint", "elapsed_us"], [.. experiment.Measures.Select(m => Quoted(m.Name))]);
        csv = new StreamWriter(Path.Combine(folder, ExperimentCsv.Name), append: true) { AutoFlush = true };
    }

    /// <summary>A new store in a run's folder.</summary>
    /// <param name="facts">Kept with it, by name.</param>
    /// <exception cref="HarnessException">SQLite refused.</exception>
    public static ExperimentStore Create(Experiment experiment, string folder, IEnumerable<KeyValuePair<string, string>> facts) => Guard(folder, () =>
    {
        FileStream hold = Hold(folder);
        SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWriteCreate);
        using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            Execute(connection, $"PRAGMA application_id = {ApplicationId}");
            Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
            Execute(connection, "CREATE TABLE experiment (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
            Execute(connection, $"CREATE TABLE points (point INTEGER PRIMARY KEY{string.Concat(experiment.Grid.Axes.Select(a => $", {Quoted(a.Name)}"))})");
            Execute(connection, $"CREATE TABLE runs (point INTEGER NOT NULL, replication INTEGER NOT NULL, seed TEXT NOT NULL, fingerprint TEXT NOT NULL, elapsed_us INTEGER NOT NULL{string.Concat(experiment.Measures.Select(m => $", {Quoted(m.Name)} REAL"))}, PRIMARY KEY (point, replication)) WITHOUT ROWID");
            Execute(connection, "CREATE VIEW results AS SELECT * FROM points JOIN runs USING (point)");
            WriteFacts(connection, facts);
            WritePoints(connection, experiment);
            transaction.Commit();
        }
        File.WriteAllText(Path.Combine(folder, ExperimentCsv.Name), ExperimentCsv.Header(experiment));
        return new ExperimentStore(experiment, folder, connection, hold);
    });

    /// <summary>A store that was left behind, with the runs in it.</summary>
    /// <exception cref="HarnessException">It is damaged, another's, or in use.</exception>
    public static (ExperimentStore Store, ImmutableArray<RunOutcome> Runs) Resume(Experiment experiment, string folder) => Guard(folder, () =>
    {
        FileStream hold = Hold(folder);
        SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite);
        Check(connection, folder);
        ImmutableArray<RunOutcome> runs = Read(connection, experiment);
        // Whole again, whatever the last line was.
        WriteCsv(experiment, folder, runs);
        return (new ExperimentStore(experiment, folder, connection, hold), runs);
    });

    /// <summary>What was kept with a store, and nothing else of it.</summary>
    /// <exception cref="HarnessException">There is none, or it is damaged.</exception>
    public static ImmutableSortedDictionary<string, string> Facts(string folder) => Guard(folder, () =>
    {
        using SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite);
        Check(connection, folder);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name, value FROM experiment";
        using SqliteDataReader rows = command.ExecuteReader();
        ImmutableSortedDictionary<string, string>.Builder facts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (rows.Read())
        {
            facts[rows.GetString(0)] = rows.GetString(1);
        }
        return facts.ToImmutable();
    });

    /// <summary>Whether a folder's results are an experiment's.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name)) && Guard(folder, () =>
    {
        using SqliteConnection connection = Open(folder, SqliteOpenMode.ReadOnly);
        return Scalar(connection, "PRAGMA application_id") is (long)ApplicationId;
    });

    /// <summary>What a store measured, for comparison with another.</summary>
    /// <exception cref="HarnessException">There is none, or it is damaged.</exception>
    internal static IReadOnlyList<Measured> Measures(string folder) => Guard(folder, () =>
    {
        using SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite);
        Check(connection, folder);
        return ExperimentMeasures.Read(connection);
    });

    /// <summary>All runs of a store, which nobody needs to hold.</summary>
    /// <exception cref="HarnessException">There is none, it is damaged, or of another experiment.</exception>
    public static ImmutableArray<RunOutcome> Runs(Experiment experiment, string folder) => Guard(folder, () =>
    {
        using SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite);
        Check(connection, folder);
        return Read(connection, experiment);
    });

    public void Ended(RunOutcome run, TimeSpan elapsed)
    {
        object?[] values =
        [
            run.Point, run.Replication, run.Seed.ToString(CultureInfo.InvariantCulture), run.Fingerprint.ToString("x32", CultureInfo.InvariantCulture), (long)elapsed.TotalMicroseconds,
            .. run.Values.Select(v => double.IsNaN(v) ? null : (object)v),
        ];
        try
        {
            insert.Insert(values);
        }
        catch (SqliteException refusal)
        {
            throw new IOException($"cannot write {Path.Combine(folder, Name)}: {refusal.Message}", refusal);
        }
        csv.Write(ExperimentCsv.Row(experiment, run));
    }

    /// <summary>All has ended: the CSV file in the order of points, the facts of the end, and no log beside the database.</summary>
    public void Finish(IEnumerable<RunOutcome> runs, IEnumerable<KeyValuePair<string, string>> facts)
    {
        csv.Dispose();
        WriteCsv(experiment, folder, runs);
        WriteFacts(connection, facts);
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Dispose()
    {
        csv.Dispose();
        insert.Dispose();
        connection.Dispose();
        hold.Dispose();
    }

    private static void WriteCsv(Experiment experiment, string folder, IEnumerable<RunOutcome> runs)
    {
        string target = Path.Combine(folder, ExperimentCsv.Name);
        using (StreamWriter all = new(target + ".part"))
        {
            all.Write(ExperimentCsv.Header(experiment));
            foreach (RunOutcome run in runs.OrderBy(r => r.Point).ThenBy(r => r.Replication))
            {
                all.Write(ExperimentCsv.Row(experiment, run));
            }
        }
        File.Move(target + ".part", target, overwrite: true);
    }

    private static void WriteFacts(SqliteConnection connection, IEnumerable<KeyValuePair<string, string>> facts)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO experiment (name, value) VALUES ($name, $value)";
        foreach ((string name, string value) in facts)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$name", name);
            command.Parameters.AddWithValue("$value", value);
            command.ExecuteNonQuery();
        }
    }

    private static void WritePoints(SqliteConnection connection, Experiment experiment)
    {
        SweepGrid grid = experiment.Grid;
        using InsertStatement points = new(connection, "points", ["point"], [.. grid.Axes.Select(a => Quoted(a.Name))]);
        for (int point = 0; point < grid.Count; point++)
        {
            object?[] values = [point, .. Enumerable.Range(0, grid.Axes.Length).Select(a => grid.ValueOf(point, a)).Select(v => double.IsNaN(v.Number) ? v.Text : (object)v.Number)];
            points.Insert(values);
        }
    }

    private static ImmutableArray<RunOutcome> Read(SqliteConnection connection, Experiment experiment)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT point, replication, seed, fingerprint{string.Concat(experiment.Measures.Select(m => $", {Quoted(m.Name)}"))} FROM runs ORDER BY point, replication";
        using SqliteDataReader rows = command.ExecuteReader();
        ImmutableArray<RunOutcome>.Builder runs = ImmutableArray.CreateBuilder<RunOutcome>();
        while (rows.Read())
        {
            ImmutableArray<double> values = [.. Enumerable.Range(4, experiment.Measures.Length).Select(i => rows.IsDBNull(i) ? double.NaN : rows.GetDouble(i))];
            runs.Add(new RunOutcome(
                rows.GetInt32(0), rows.GetInt32(1), ulong.Parse(rows.GetString(2), CultureInfo.InvariantCulture), values, UInt128.Parse(rows.GetString(3), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        }
        return runs.ToImmutable();
    }

    private static void Check(SqliteConnection connection, string folder)
    {
        if (Scalar(connection, "PRAGMA application_id") is not (long)ApplicationId || Scalar(connection, "PRAGMA user_version") is not (long)SchemaVersion)
        {
            throw new HarnessException($"{Path.Combine(folder, Name)} is no experiment's results, or another version's");
        }
        if (Scalar(connection, "PRAGMA quick_check") is not "ok")
        {
            throw new HarnessException($"{Path.Combine(folder, Name)} is damaged: run the experiment anew");
        }
    }

    private static FileStream Hold(string folder)
    {
        string file = Path.Combine(folder, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new HarnessException($"another command is working in {folder}");
        }
    }

    private static T Guard<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception refusal) when (refusal is SqliteException or FormatException or InvalidCastException)
        {
            throw new HarnessException($"cannot use {Path.Combine(folder, Name)}: {refusal.Message}", refusal);
        }
    }

    private static SqliteConnection Open(string folder, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, Name), Mode = mode, Pooling = false }.ToString());
        connection.Open();
        if (mode != SqliteOpenMode.ReadOnly)
        {
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = NORMAL");
        }
        return connection;
    }

    /// <summary>Names of axes are a user's.</summary>
    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
