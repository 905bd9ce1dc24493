using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Results;

/// <summary>Turns a run into rows. Row ids count from 1 in the order of the run, so that two equal runs give equal databases.</summary>
internal sealed class ResultsWriter : IDisposable
{
    private readonly InsertStatement runs;
    private readonly InsertStatement scenarios;
    private readonly InsertStatement backendResults;
    private readonly InsertStatement expectations;
    private readonly InsertStatement comparisons;
    private readonly InsertStatement differences;
    private readonly InsertStatement differenceFields;
    private readonly InsertStatement outcomes;
    private readonly InsertStatement latencies;
    private readonly InsertStatement sightings;
    private readonly InsertStatement tableChanges;
    private readonly InsertStatement tableRows;
    private readonly MeasuresWriter measures;
    private long scenarioId;
    private long backendResultId;
    private long comparisonId;
    private long differenceId;
    private long sightingId;

    public ResultsWriter(SqliteConnection connection)
    {
        runs = new(connection, "runs", "run_id", "tool_version", "git_commit", "kernel", "cpu", "started_utc", "elapsed_ms", "seed", "dialect", "arguments", "backends", "probes");
        scenarios = new(connection, "scenarios", "scenario_id", "run_id", "name", "file", "description", "dialect", "programming_order", "tags", "notes");
        backendResults = new(connection, "backend_results", "backend_result_id", "scenario_id", "backend", "result", "reason", "elapsed_ms", "dialect", "live", "missed", "fingerprint");
        expectations = new(connection, "expectations", "backend_result_id", "ordinal", "kind", "place", "held", "message");
        comparisons = new(connection, "comparisons", "comparison_id", "scenario_id", "left_backend", "right_backend", "journeys", "hops", "frames", "table_rows", "further_differences");
        differences = new(connection, "differences", "difference_id", "comparison_id", "place", "subject", "aspect", "left_text", "right_text", "left_frame", "right_frame");
        differenceFields = new(connection, "difference_fields", "difference_id", "ordinal", "field", "left_text", "right_text");
        outcomes = new(connection, "outcomes", "backend_result_id", "step", "step_name", "began_ps", "ended_ps", "sent", "arrived", "returned", "bytes_sent", "bytes_arrived", "bytes_returned", "intact", "trouble");
        latencies = new(connection, "latencies", "backend_result_id", "step", "ordinal", "round_trip_ps");
        sightings = new(connection, "sightings", "sighting_id", "backend_result_id", "ordinal", "time_ps", "kind", "droplet", "endpoint", "program", "verdict", "reason", "devmap", "slot", "frame_in", "frame_out", "path_time_ps", "queue_frames", "flow_class");
        tableChanges = new(connection, "table_changes", "sighting_id", "ordinal", "table_name", "key", "value");
        tableRows = new(connection, "table_rows", "backend_result_id", "droplet", "table_name", "ordinal", "row");
        measures = new(connection);
    }

    public void Write(RunResult run)
    {
        Manifest m = run.Manifest;
        runs.Insert(
            m.RunId, m.ToolVersion, m.GitCommit, m.Kernel, m.Cpu, m.StartedUtc, m.ElapsedMilliseconds, m.Seed.ToString(CultureInfo.InvariantCulture), m.Dialect,
            List(m.Arguments), List(m.Backends), JsonSerializer.Serialize(new Dictionary<string, string>(m.Probes), ListJson.Default.DictionaryStringString));
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            Write(m.RunId, scenario);
        }
    }

    public void Dispose()
    {
        foreach (InsertStatement statement in (InsertStatement[])[
            runs, scenarios, backendResults, expectations, comparisons, differences, differenceFields, outcomes, latencies, sightings, tableChanges, tableRows])
        {
            statement.Dispose();
        }
        measures.Dispose();
    }

    private void Write(string runId, ScenarioResult result)
    {
        Scenario s = result.Scenario;
        scenarios.Insert(++scenarioId, runId, s.Name, s.File, s.Description, s.Dialect.ToString(), s.Order.ToString(), List(s.Tags), List(result.Notes));
        foreach (BackendResult backend in result.Backends)
        {
            Write(s, backend);
        }
        foreach (Comparison comparison in result.Comparisons)
        {
            Write(comparison);
        }
    }

    private void Write(Scenario scenario, BackendResult result)
    {
        backendResults.Insert(
            ++backendResultId, scenarioId, result.Backend, result.Result.ToString(), result.Reason, result.ElapsedMilliseconds,
            result.Run?.Dialect.ToString(), result.Run?.Traits.Live, result.Run?.Missed, FingerprintOf(result));
        for (int i = 0; i < result.Expectations.Length; i++)
        {
            ExpectationResult e = result.Expectations[i];
            expectations.Insert(backendResultId, i, e.Expectation.Kind, e.Expectation.Where.ToString(), e.Held, e.Message);
        }
        if (result.Run is { } run)
        {
            Write(scenario, run);
        }
    }

    /// <summary>Null where nothing ran, or in the kernel's own time.</summary>
    internal static string? FingerprintOf(BackendResult result) => result.Run is { Traits.Live: false } run ? Fingerprint.Of(run) : null;

    private void Write(Scenario scenario, BackendRun run)
    {
        foreach (StepOutcome o in run.Outcomes)
        {
            outcomes.Insert(
                backendResultId, o.Step, scenario.Timeline[o.Step].Name, o.Began.Picoseconds, o.Ended.Picoseconds, o.Sent, o.Arrived, Known(o.Returned),
                o.BytesSent, o.BytesArrived, Known(o.BytesReturned), o.Intact, o.Trouble);
            for (int i = 0; i < o.RoundTrips.Length; i++)
            {
                latencies.Insert(backendResultId, o.Step, i, o.RoundTrips[i].Picoseconds);
            }
        }
        measures.Write(backendResultId, run);
        for (int i = 0; i < run.Sightings.Length; i++)
        {
            Write(scenario.Topology, run.Sightings[i], i);
        }
        foreach (TableDump dump in run.Tables)
        {
            for (int i = 0; i < dump.Rows.Length; i++)
            {
                tableRows.Insert(backendResultId, scenario.Topology[dump.Droplet].Name, dump.Table, i, dump.Rows[i]);
            }
        }
    }

    private void Write(Topology topology, Sighting s, int ordinal)
    {
        bool program = s.Kind == SightingKind.Program;
        sightings.Insert(
            ++sightingId, backendResultId, ordinal, s.Time.Picoseconds, s.Kind.ToString(), topology[s.Droplet].Name, s.Endpoint is { } e ? topology[e].Name : null,
            program ? s.Program.ToString() : null, program ? s.Verdict.ToString() : null, program ? s.Reason.ToString() : null, program ? s.Devmap.ToString() : null,
            program && s.Slot >= 0 ? s.Slot : null, s.FrameIn, ReferenceEquals(s.FrameIn, s.FrameOut) ? null : s.FrameOut,
            s.PathTime?.Picoseconds, s.QueueFrames, s.FlowClass);
        if (s.Changes.IsDefaultOrEmpty)
        {
            return;
        }
        for (int i = 0; i < s.Changes.Length; i++)
        {
            tableChanges.Insert(sightingId, i, s.Changes[i].Table, s.Changes[i].Key, s.Changes[i].Value);
        }
    }

    private void Write(Comparison c)
    {
        comparisons.Insert(++comparisonId, scenarioId, c.Left, c.Right, c.Journeys, c.Hops, c.Frames, c.TableRows, c.FurtherDifferences);
        foreach (Difference d in c.Differences)
        {
            differences.Insert(++differenceId, comparisonId, d.Where?.ToString(), d.Subject, d.Aspect, d.Left, d.Right, d.LeftFrame, d.RightFrame);
            for (int i = 0; i < d.Fields.Length; i++)
            {
                differenceFields.Insert(differenceId, i, d.Fields[i].Field, d.Fields[i].Left, d.Fields[i].Right);
            }
        }
    }

    private static string List(ImmutableArray<string> list) => JsonSerializer.Serialize([.. list], ListJson.Default.StringArray);

    private static object? Known(long value) => value < 0 ? null : value;
}
