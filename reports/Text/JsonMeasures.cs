using System.Text.Json;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>
/// What was measured, as JSON: an object a scenario and backend with sums and peaks. Series are in <c>results.db</c>; what a backend cannot know is null or left out, and its
/// reason under <c>absent</c>.
/// </summary>
internal static class JsonMeasures
{
    public static void Write(RunResult run, Utf8JsonWriter json)
    {
        json.WriteStartArray("measures");
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            foreach (BackendResult backend in scenario.Backends)
            {
                if (backend.Run is { Measures: { } measures })
                {
                    json.WriteStartObject();
                    json.WriteString("name", scenario.Scenario.Name);
                    json.WriteString("backend", backend.Backend);
                    Write(measures, json);
                    json.WriteEndObject();
                }
            }
        }
        json.WriteEndArray();
    }

    private static void Write(RunMeasures measures, Utf8JsonWriter json)
    {
        json.WriteNumber("end_ps", measures.End.Picoseconds);
        json.WriteNumber("interval_ps", measures.Interval.Picoseconds);
        if (!measures.Roles.IsDefault)
        {
            json.WriteStartArray("roles");
            foreach (RoleLoad role in measures.Roles)
            {
                json.WriteStartObject();
                json.WriteString("droplet", role.Droplet);
                json.WriteString("role", role.Role.ToString().ToLowerInvariant());
                json.WriteNumber("frames", role.Frames);
                json.WriteNumber("bytes", role.Bytes);
                if (role.Role is RunRole.Bouncer or RunRole.Divider)
                {
                    json.WriteNumber("most_frames_in_an_interval", role.FramesOverTime.Max());
                    json.WriteNumber("most_bytes_in_an_interval", role.BytesOverTime.Max());
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (!measures.Queues.IsDefault)
        {
            json.WriteStartArray("queues");
            foreach (QueueLength queue in measures.Queues)
            {
                json.WriteStartObject();
                json.WriteString("place", queue.Place);
                json.WriteNumber("longest", queue.Longest);
                json.WriteNumber("waited_ps", queue.Waited.Picoseconds);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteStartArray("losses");
        foreach (PlaceLoss loss in measures.Losses)
        {
            json.WriteStartObject();
            json.WriteString("place", loss.Place);
            json.WriteString("by", loss.By);
            json.WriteString("cause", loss.Cause);
            json.WriteNumber("frames", loss.Frames);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteCaches(measures, json);
        json.WriteStartArray("absent");
        foreach (string absent in measures.Absent)
        {
            json.WriteStringValue(absent);
        }
        json.WriteEndArray();
    }

    private static void WriteCaches(RunMeasures measures, Utf8JsonWriter json)
    {
        json.WriteStartArray("caches");
        foreach (CacheUse cache in measures.Caches.IsDefault ? [] : measures.Caches)
        {
            json.WriteStartObject();
            json.WriteString("droplet", cache.Droplet);
            json.WriteString("cache", cache.Cache);
            WriteKnown("hits", cache.Hits);
            WriteKnown("misses", cache.Misses);
            WriteKnown("insertions", cache.Insertions);
            WriteKnown("evictions", cache.Evictions);
            WriteKnown("removals", cache.Removals);
            json.WriteNumber("rows", cache.Rows);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        void WriteKnown(string name, long? value)
        {
            if (value is { } known)
            {
                json.WriteNumber(name, known);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }
}
