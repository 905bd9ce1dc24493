using Microsoft.Data.Sqlite;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Results;

public class ResultsStoreTests
{
    [Fact]
    public void EverythingOfARunIsThere()
    {
        using TemporaryFolder root = new();
        RunFolder folder = Write(root, SampleRun.Mixed);
        using SqliteConnection store = ResultsStore.OpenForReading(folder.PathOf(ResultsStore.Name));
        BackendRun[] runs = [.. SampleRun.Mixed.Scenarios.SelectMany(s => s.Backends).Select(b => b.Run).OfType<BackendRun>()];
        Assert.Equal(SampleRun.Mixed.Scenarios.Length, Scalar(store, "SELECT count(*) FROM scenarios"));
        Assert.Equal(SampleRun.Mixed.Scenarios.Sum(s => s.Backends.Length), Scalar(store, "SELECT count(*) FROM backend_results"));
        Assert.Equal(runs.Sum(r => r.Sightings.Length), Scalar(store, "SELECT count(*) FROM sightings"));
        Assert.Equal(runs.Sum(r => r.Outcomes.Length), Scalar(store, "SELECT count(*) FROM outcomes"));
        Assert.Equal(runs.Sum(r => r.Outcomes.Sum(o => o.RoundTrips.Length)), Scalar(store, "SELECT count(*) FROM latencies"));
        Assert.Equal(runs.Sum(r => r.Sightings.Sum(s => s.Changes.IsDefault ? 0 : s.Changes.Length)), Scalar(store, "SELECT count(*) FROM table_changes"));
        Assert.Equal(13, Scalar(store, "SELECT count(*) FROM expectations"));
        Assert.Equal(3, Scalar(store, "SELECT count(*) FROM comparisons"));
        Assert.Equal(2, Scalar(store, "SELECT count(*) FROM difference_fields JOIN differences USING (difference_id)"));
        Assert.Equal("router-1 EmptyList", Text(store, "SELECT droplet || ' ' || reason FROM sightings WHERE verdict = 'Drop' LIMIT 1"));
        Assert.Equal(0, Scalar(store, "SELECT count(*) FROM pragma_foreign_key_check"));
        Assert.Equal("ok", Text(store, "PRAGMA integrity_check"));
    }

    [Fact]
    public void WhatWasMeasuredIsThere()
    {
        using TemporaryFolder root = new();
        RunFolder folder = Write(root, MeteredSample.Made);
        using SqliteConnection store = ResultsStore.OpenForReading(folder.PathOf(ResultsStore.Name));
        Assert.Equal(2, Scalar(store, "SELECT count(*) FROM tiers"));
        Assert.Equal(7, Scalar(store, "SELECT count(*) FROM role_loads"));
        // Empty intervals are left out; the last ends with the run.
        Assert.Equal("0:10000000 1:10000000 3:5000000", Text(store, """
            SELECT group_concat(ordinal || ':' || length_ps, ' ')
              FROM (SELECT * FROM role_intervals JOIN backend_results USING (backend_result_id) WHERE backend = 'model' AND role = 'Bouncer' ORDER BY ordinal)
            """));
        Assert.Equal("1:12:4.25 2:3:0.03", Text(store, """
            SELECT group_concat(ordinal || ':' || longest || ':' || mean, ' ')
              FROM (SELECT * FROM queue_intervals JOIN backend_results USING (backend_result_id) WHERE backend = 'bpf' ORDER BY ordinal)
            """));
        Assert.Equal(5, Scalar(store, "SELECT count(*) FROM losses"));
        Assert.Equal(1, Scalar(store, "SELECT count(*) FROM caches WHERE misses IS NULL AND evictions IS NULL AND hits = 30"));
        Assert.Equal(2, Scalar(store, "SELECT count(*) FROM measures_absent"));
        Assert.Equal(0, Scalar(store, "SELECT count(*) FROM pragma_foreign_key_check"));
    }

    [Fact]
    public void FramesComeBackByteForByte()
    {
        using TemporaryFolder root = new();
        RunFolder folder = Write(root, SampleRun.AllPassed);
        using SqliteConnection store = ResultsStore.OpenForReading(folder.PathOf(ResultsStore.Name));
        using SqliteCommand command = store.CreateCommand();
        command.CommandText = "SELECT frame_in, coalesce(frame_out, frame_in), time_ps FROM sightings JOIN backend_results USING (backend_result_id) WHERE backend = 'bpf' ORDER BY ordinal";
        using SqliteDataReader rows = command.ExecuteReader();
        foreach (Sighting sighting in SampleRun.AllPassed.Scenarios[0].Backends[1].Run!.Sightings)
        {
            Assert.True(rows.Read());
            Assert.Equal(sighting.FrameIn, (byte[])rows[0]);
            Assert.Equal(sighting.FrameOut, (byte[])rows[1]);
            Assert.Equal(sighting.Time.Picoseconds, rows.GetInt64(2));
        }
        Assert.False(rows.Read());
    }

    [Fact]
    public void TheManifestIsKeptWithTheResults()
    {
        using TemporaryFolder root = new();
        RunFolder folder = Write(root, SampleRun.Mixed with { Manifest = SampleRun.Manifest("1a2b3c4d") with { Seed = ulong.MaxValue } });
        using SqliteConnection store = ResultsStore.OpenForReading(folder.PathOf(ResultsStore.Name));
        Manifest read = ResultsStore.ReadManifest(store);
        Assert.Equal(ulong.MaxValue, read.Seed);
        Assert.Equal(SampleRun.Mixed.Manifest.Arguments.AsEnumerable(), read.Arguments);
        Assert.Equal(SampleRun.Mixed.Manifest.Probes, read.Probes);
    }

    [Fact]
    public void HostileTextIsKeptAsItIs()
    {
        using TemporaryFolder root = new();
        RunFolder folder = Write(root, HostileRun.Make());
        using SqliteConnection store = ResultsStore.OpenForReading(folder.PathOf(ResultsStore.Name));
        Assert.Equal(HostileRun.Text, Text(store, "SELECT name FROM scenarios"));
    }

    [Fact]
    public void TheSameRunGivesTheSameDatabase()
    {
        using TemporaryFolder root = new();
        byte[] first = File.ReadAllBytes(Write(root, SampleRun.Mixed, "00000001").PathOf(ResultsStore.Name));
        byte[] second = File.ReadAllBytes(Write(root, SampleRun.Mixed, "00000002").PathOf(ResultsStore.Name));
        Assert.Equal(first, second);
    }

    [Fact]
    public void ADatabaseThatIsNotOursOrOfAnotherVersionIsRefused()
    {
        using TemporaryFolder root = new();
        string file = root.File("other.db");
        using (SqliteConnection other = new($"Data Source={file};Pooling=False"))
        {
            other.Open();
            Run(other, "CREATE TABLE t (x)");
        }
        Assert.Contains("not a results database", Assert.Throws<HarnessException>(() => ResultsStore.OpenForReading(file)).Message, StringComparison.Ordinal);

        string ours = Write(root, SampleRun.AllPassed).PathOf(ResultsStore.Name);
        using (SqliteConnection later = new($"Data Source={ours};Pooling=False"))
        {
            later.Open();
            Run(later, $"PRAGMA user_version = {ResultsStore.SchemaVersion + 1}");
        }
        Assert.Contains("schema version", Assert.Throws<HarnessException>(() => ResultsStore.OpenForReading(ours)).Message, StringComparison.Ordinal);
        Assert.Throws<HarnessException>(() => ResultsStore.OpenForReading(root.File("absent.db")));
    }

    private static RunFolder Write(TemporaryFolder root, RunResult run, string id = "1a2b3c4d")
    {
        RunFolder folder = RunFolder.Create(root.Path, id);
        ResultsStore.Write(folder, run);
        Assert.Equal([folder.PathOf(ResultsStore.Name)], Directory.EnumerateFiles(folder.Path));
        return folder;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Value(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static long Scalar(SqliteConnection connection, string sql) => (long)Value(connection, sql)!;

    private static string Text(SqliteConnection connection, string sql) => (string)Value(connection, sql)!;
}
