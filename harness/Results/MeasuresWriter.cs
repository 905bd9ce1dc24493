using Microsoft.Data.Sqlite;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Harness.Results;

/// <summary>Turns what was measured of a run into rows.</summary>
internal sealed class MeasuresWriter(SqliteConnection connection) : IDisposable
{
    private readonly InsertStatement tiers = new(
        connection, "tiers", "backend_result_id", "tier", "direction", "links", "frames", "bytes", "busiest_bytes", "dropped", "marked", "waited_ps", "longest_queue");
    private readonly InsertStatement roles = new(connection, "role_loads", "backend_result_id", "droplet", "role", "frames", "bytes", "wire_frames", "wire_bytes");
    private readonly InsertStatement roleIntervals = new(
        connection, "role_intervals", "backend_result_id", "droplet", "role", "ordinal", "began_ps", "length_ps", "frames", "bytes");
    private readonly InsertStatement queueIntervals = new(
        connection, "queue_intervals", "backend_result_id", "place", "ordinal", "began_ps", "length_ps", "longest", "mean");
    private readonly InsertStatement losses = new(connection, "losses", "backend_result_id", "place", "ended_by", "cause", "frames");
    private readonly InsertStatement caches = new(
        connection, "caches", "backend_result_id", "droplet", "cache", "hits", "misses", "insertions", "evictions", "removals", "rows_held");
    private readonly InsertStatement absent = new(connection, "measures_absent", "backend_result_id", "ordinal", "what");

    public void Write(long id, BackendRun run)
    {
        foreach (TierTraffic t in run.Traffic)
        {
            tiers.Insert(
                id, t.Tier, t.IsUp ? "up" : "down", t.Links, t.Frames, t.Bytes, t.BusiestBytes, t.Dropped, t.Marked, t.Waited.Picoseconds, t.LongestQueue);
        }
        if (run.Measures is { } measures)
        {
            Write(id, measures);
        }
    }

    public void Dispose()
    {
        foreach (InsertStatement statement in (InsertStatement[])[tiers, roles, roleIntervals, queueIntervals, losses, caches, absent])
        {
            statement.Dispose();
        }
    }

    private void Write(long id, RunMeasures m)
    {
        foreach (RoleLoad role in m.Roles.IsDefault ? [] : m.Roles)
        {
            roles.Insert(id, role.Droplet, role.Role.ToString(), role.Frames, role.Bytes, role.WireFrames, role.WireBytes);
            for (int i = 0; i < role.FramesOverTime.Length; i++)
            {
                if (role.FramesOverTime[i] > 0)
                {
                    roleIntervals.Insert(
                        id, role.Droplet, role.Role.ToString(), i, Began(m, i), m.LengthOf(i).Picoseconds, role.FramesOverTime[i], role.BytesOverTime[i]);
                }
            }
        }
        foreach (QueueLength queue in m.Queues.IsDefault ? [] : m.Queues)
        {
            for (int i = 0; i < queue.Most.Length; i++)
            {
                if (queue.Most[i] > 0)
                {
                    queueIntervals.Insert(id, queue.Place, i, Began(m, i), m.LengthOf(i).Picoseconds, queue.Most[i], queue.Mean[i]);
                }
            }
        }
        foreach (PlaceLoss loss in m.Losses)
        {
            losses.Insert(id, loss.Place, loss.By, loss.Cause, loss.Frames);
        }
        foreach (CacheUse c in m.Caches.IsDefault ? [] : m.Caches)
        {
            caches.Insert(id, c.Droplet, c.Cache, c.Hits, c.Misses, c.Insertions, c.Evictions, c.Removals, c.Rows);
        }
        for (int i = 0; i < m.Absent.Length; i++)
        {
            absent.Insert(id, i, m.Absent[i]);
        }
    }

    private static long Began(RunMeasures measures, int interval) => interval * measures.Interval.Picoseconds;
}
