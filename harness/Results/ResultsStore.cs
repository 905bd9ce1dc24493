using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Backends;
using MizarLab.Observation;

namespace MizarLab.Harness.Results;

/// <summary>
/// <c>results.db</c>: a run as SQLite tables (schema.sql says what each column means), for whoever wants to ask a question the report
/// does not answer. Written once, in one transaction, and then only read.
/// </summary>
/// <example><code>select backend, reason, count(*) from sightings join backend_results using (backend_result_id) where verdict = 'Drop' group by 1, 2</code></example>
public static class ResultsStore
{
    public const string Name = "results.db";

    /// <summary>Counted up when a column changes its meaning; kept as SQLite's <c>user_version</c>.</summary>
    public const int SchemaVersion = 2;

    /// <summary><c>MizR</c>: tells <c>file(1)</c>, and us, that a database is ours.</summary>
    public const int ApplicationId = 0x4D69_7A52;

    /// <summary>Writes the whole run into a new database in the run's folder.</summary>
    /// <exception cref="HarnessException">SQLite refused.</exception>
    public static void Write(RunFolder folder, RunResult run)
    {
        string target = folder.PathOf(Name);
        string temporary = target + ".part";
        DeleteWithJournal(temporary);
        try
        {
            using (SqliteConnection connection = Open(temporary, SqliteOpenMode.ReadWriteCreate))
            {
                Execute(connection, "PRAGMA synchronous = OFF");
                using SqliteTransaction transaction = connection.BeginTransaction();
                Execute(connection, $"PRAGMA application_id = {ApplicationId}");
                Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
                Execute(connection, Schema());
                using (ResultsWriter writer = new(connection))
                {
                    writer.Write(run);
                }
                transaction.Commit();
            }
            using (FileStream written = new(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                // Nothing else has the file yet, so one flush at the end is as safe as SQLite's own at every page, and faster.
                written.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (SqliteException refusal)
        {
            DeleteWithJournal(temporary);
            throw new HarnessException($"cannot write {target}: {refusal.Message}", refusal);
        }
    }

    /// <summary>Opens a run's database for reading.</summary>
    /// <exception cref="HarnessException">Absent, not ours, or of another version.</exception>
    public static SqliteConnection OpenForReading(string file)
    {
        try
        {
            SqliteConnection connection = Open(file, SqliteOpenMode.ReadOnly);
            long application = Scalar(connection, "PRAGMA application_id");
            long version = Scalar(connection, "PRAGMA user_version");
            if (application == ApplicationId && version == SchemaVersion)
            {
                return connection;
            }
            connection.Dispose();
            throw new HarnessException(application != ApplicationId
                ? $"{file} is not a results database of MizarLab"
                : $"{file} has schema version {version}, this MizarLab reads version {SchemaVersion}: run the scenario again");
        }
        catch (SqliteException refusal)
        {
            throw new HarnessException($"cannot read {file}: {refusal.Message}", refusal);
        }
    }

    /// <summary>The manifest kept with the results.</summary>
    public static Manifest ReadManifest(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT run_id, tool_version, git_commit, kernel, cpu, started_utc, elapsed_ms, seed, dialect, arguments, backends, probes FROM runs";
        using SqliteDataReader row = command.ExecuteReader();
        if (!row.Read())
        {
            throw new HarnessException("the results database holds no run");
        }
        return new Manifest
        {
            RunId = row.GetString(0),
            ToolVersion = row.GetString(1),
            GitCommit = row.GetString(2),
            Kernel = row.GetString(3),
            Cpu = row.GetString(4),
            StartedUtc = row.GetString(5),
            ElapsedMilliseconds = row.GetInt64(6),
            Seed = ulong.Parse(row.GetString(7), System.Globalization.CultureInfo.InvariantCulture),
            Dialect = row.GetString(8),
            Arguments = [.. JsonSerializer.Deserialize(row.GetString(9), ListJson.Default.StringArray)!],
            Backends = [.. JsonSerializer.Deserialize(row.GetString(10), ListJson.Default.StringArray)!],
            Probes = JsonSerializer.Deserialize(row.GetString(11), ListJson.Default.DictionaryStringString)!.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        // Without pooling a closed connection has let go of its file, which is then renamed.
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static string Schema()
    {
        using Stream stream = typeof(ResultsStore).Assembly.GetManifestResourceStream("schema.sql")!;
        return new StreamReader(stream).ReadToEnd();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void DeleteWithJournal(string file)
    {
        File.Delete(file);
        File.Delete(file + "-journal");
    }
}
