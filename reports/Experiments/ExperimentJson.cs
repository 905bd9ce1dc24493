using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MizarLab.Studies;

namespace MizarLab.Reports;

/// <summary>What <c>simulate --json</c> prints: one object, the counts first.</summary>
public static class ExperimentJson
{
    public static void Write(IReadOnlyList<ExperimentSummary> all, Stream output)
    {
        using Utf8JsonWriter json = Begin(output, all.Sum(e => e.Passed), all.Sum(e => e.Failed), 0);
        json.WriteStartArray("experiments");
        foreach (ExperimentSummary one in all)
        {
            Write(one, json);
        }
        json.WriteEndArray();
        End(json, output);
    }

    /// <summary>Wrong parameters: a claim that failed, as it must, has passed.</summary>
    public static void Write(IReadOnlyList<MustFailSummary> all, Stream output)
    {
        using Utf8JsonWriter json = Begin(output, all.Sum(e => e.Passed), all.Sum(e => e.Failed), all.Count(e => e.Skipped));
        json.WriteStartArray("must_fail");
        foreach (MustFailSummary one in all)
        {
            json.WriteStartObject();
            json.WriteString("file", one.File);
            json.WriteString("put", one.Put);
            json.WriteString("trouble", one.Trouble);
            WriteClaims(one.Claims, json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        End(json, output);
    }

    private static Utf8JsonWriter Begin(Stream output, int passed, int failed, int skipped)
    {
        Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("passed", passed);
        json.WriteNumber("failed", failed);
        json.WriteNumber("skipped", skipped);
        return json;
    }

    private static void End(Utf8JsonWriter json, Stream output)
    {
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void Write(ExperimentSummary one, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("question", one.Experiment.Question);
        json.WriteString("file", one.Experiment.File);
        json.WriteString("run", one.RunId);
        json.WriteBoolean("quick", one.Experiment.Quick);
        json.WriteBoolean("held", one.Held);
        json.WriteNumber("points", one.Experiment.Grid.Count);
        json.WriteNumber("runs", one.Results.Runs);
        json.WriteString("fingerprint", one.Results.Fingerprint().ToString("x32", CultureInfo.InvariantCulture));
        json.WriteNumber("elapsed_ms", (long)one.Elapsed.TotalMilliseconds);
        if (one.Imprecision is { } imprecision)
        {
            json.WriteString("imprecision", imprecision);
        }
        WriteClaims(one.Claims, json);
        json.WriteEndObject();
    }

    private static void WriteClaims(ImmutableArray<ClaimResult> claims, Utf8JsonWriter json)
    {
        json.WriteStartArray("claims");
        foreach (ClaimResult claim in claims)
        {
            json.WriteStartObject();
            json.WriteNumber("claim", claim.Claim.Number);
            json.WriteString("kind", claim.Claim.Kind);
            json.WriteString("says", claim.Claim.Says);
            json.WriteString("where", claim.Claim.Where.ToString());
            json.WriteBoolean("held", claim.Held);
            json.WriteStartArray("findings");
            foreach (ClaimFinding finding in claim.Findings)
            {
                json.WriteStartObject();
                json.WriteString("at", finding.At);
                WriteNumber(json, "measured", finding.Measured);
                WriteNumber(json, "half_width", finding.HalfWidth);
                json.WriteString("bound", finding.Bound);
                json.WriteBoolean("held", finding.Held);
                if (finding.Trouble.Length > 0)
                {
                    json.WriteString("trouble", finding.Trouble);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>JSON has no NaN and no infinity.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

/// <summary>A run with a wrong parameter.</summary>
/// <param name="Put">The parameter; empty when the file has none.</param>
/// <param name="Claims">Those that must not hold, as they were judged.</param>
/// <param name="Trouble">Why nothing was judged; empty otherwise.</param>
public sealed record MustFailSummary(string File, string Put, ImmutableArray<ClaimResult> Claims, string Trouble)
{
    public int Passed => Claims.Count(c => !c.Held);

    public int Failed => Claims.Count(c => c.Held) + (Trouble.Length > 0 && !Skipped ? 1 : 0);

    public bool Skipped => Put.Length == 0;
}
