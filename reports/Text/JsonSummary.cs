using System.Text.Encodings.Web;
using System.Text.Json;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>
/// The run as one JSON object for machines: <c>passed</c>, <c>failed</c>, <c>skipped</c>, and <c>rows</c> with <c>name</c>,
/// <c>backend</c>, <c>result</c> (pass, fail, skip) and <c>reason</c>.
/// </summary>
public static class JsonSummary
{
    /// <summary>Writes one UTF-8 object and a line feed; leaves the stream open. What was measured of each run stands under <c>measures</c>.</summary>
    public static void Write(RunResult run, Stream output) => Write(RunSummary.Of(run), run, output);

    /// <summary>Without measures.</summary>
    public static void Write(RunSummary summary, Stream output) => Write(summary, null, output);

    private static void Write(RunSummary summary, RunResult? run, Stream output)
    {
        // Names and arrows stay readable in a terminal; the object goes to no HTML page.
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("passed", summary.Passed);
            json.WriteNumber("failed", summary.Failed);
            json.WriteNumber("skipped", summary.Skipped);
            json.WriteStartArray("rows");
            foreach (JudgedRow row in summary.Rows)
            {
                json.WriteStartObject();
                json.WriteString("name", row.Name);
                json.WriteString("backend", row.Backend);
                json.WriteString("result", Wording.Of(row.Result));
                json.WriteString("reason", row.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (run is not null)
            {
                JsonMeasures.Write(run, json);
            }
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }
}
