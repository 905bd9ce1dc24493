using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation;

namespace MizarLab.Measure;

/// <summary>
/// 128 bits that stand for everything a run saw: sightings with times, places, verdicts and frames, outcomes, tables. Equal for two
/// runs of the same scenario and seed, on any machine; wall-clock times take no part.
/// </summary>
public static class Fingerprint
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static string Of(BackendRun run)
    {
        StableHash hash = default;
        hash.Add((long)run.Dialect);
        hash.Add(run.Missed);
        hash.Add(run.Sightings.Length);
        foreach (Sighting sighting in run.Sightings)
        {
            Add(ref hash, sighting);
        }
        hash.Add(run.Outcomes.Length);
        foreach (StepOutcome outcome in run.Outcomes)
        {
            Add(ref hash, outcome);
        }
        // A table without rows is as good as none: not every data plane has all of them.
        foreach (TableDump table in run.Tables.Where(t => !t.Rows.IsEmpty))
        {
            hash.Add(table.Droplet.Index);
            AddText(ref hash, table.Table);
            hash.Add(table.Rows.Length);
            foreach (string row in table.Rows)
            {
                AddText(ref hash, row);
            }
        }
        return hash.Finish().ToString("x32", null);
    }

    private static void Add(ref StableHash hash, Sighting sighting)
    {
        hash.Add(sighting.Time.Picoseconds);
        hash.Add((long)sighting.Kind);
        hash.Add(sighting.Droplet.Index);
        hash.Add(sighting.Endpoint?.Index ?? -1);
        hash.Add((long)sighting.Program);
        hash.Add((long)sighting.Verdict);
        hash.Add((long)sighting.Reason);
        hash.Add((long)sighting.Devmap);
        hash.Add(sighting.Slot);
        AddBytes(ref hash, sighting.FrameIn);
        AddBytes(ref hash, sighting.FrameOut);
        AddChanges(ref hash, sighting.Changes);
        hash.Add(sighting.PathTime?.Picoseconds ?? -1);
        hash.Add(sighting.QueueFrames ?? -1);
        hash.Add(sighting.FlowClass);
    }

    private static void Add(ref StableHash hash, StepOutcome outcome)
    {
        hash.Add(outcome.Step);
        hash.Add(outcome.Began.Picoseconds);
        hash.Add(outcome.Ended.Picoseconds);
        hash.Add(outcome.Sent);
        hash.Add(outcome.Arrived);
        hash.Add(outcome.Returned);
        hash.Add(outcome.BytesSent);
        hash.Add(outcome.BytesArrived);
        hash.Add(outcome.BytesReturned);
        hash.Add(outcome.Intact ? 1 : 0);
        hash.Add(outcome.RoundTrips.Length);
        foreach (SimTime roundTrip in outcome.RoundTrips)
        {
            hash.Add(roundTrip.Picoseconds);
        }
        AddText(ref hash, outcome.Trouble);
    }

    private static void AddChanges(ref StableHash hash, ImmutableArray<TableChange> changes)
    {
        hash.Add(changes.IsDefault ? -1 : changes.Length);
        foreach (TableChange change in changes.IsDefault ? [] : changes)
        {
            AddText(ref hash, change.Table);
            AddText(ref hash, change.Key);
            AddText(ref hash, change.Value);
        }
    }

    /// <summary>Lengths go in before contents, so that no two different runs are the same string of bytes.</summary>
    private static void AddBytes(ref StableHash hash, byte[] bytes)
    {
        hash.Add(bytes.Length);
        hash.Add(bytes);
    }

    private static void AddText(ref StableHash hash, string? text)
    {
        hash.Add(text?.Length ?? -1);
        hash.Add(text);
    }
}
