using System.Text.Json;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>
/// What a bench found, out of the JSON it left: rows, each named by its settings. Times are compared by their rounds; a figure measured once says nothing of its own spread, so of single
/// figures only those are taken that do not hang on the machine.
/// </summary>
internal static class BenchMeasures
{
    /// <summary>What names a row.</summary>
    private static readonly string[] Settings = ["name", "dialect", "topology", "droplets", "dataplane", "direct_path", "threads", "endpoints"];

    /// <summary>The same on every machine.</summary>
    private static readonly string[] Exact = ["frame_bytes", "mean_latency_ns", "hops", "simulated_s", "table_lookups", "fingerprint", "result", "discarded", "wrong", "rows"];

    private static readonly (string Column, string Unit)[] Rounds = [("rounds_ns", "ns"), ("repeats_hops_per_second", "hops/s")];

    /// <exception cref="HarnessException">It is no bench's result.</exception>
    public static IEnumerable<Measured> Read(string file)
    {
        using JsonDocument document = Parse(file);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("rows", out JsonElement rows) || rows.ValueKind != JsonValueKind.Array)
        {
            throw new HarnessException($"{file} is no bench's result: it has no rows");
        }
        string bench = Path.GetFileNameWithoutExtension(file);
        return [.. rows.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object).SelectMany(row => Of(bench, row))];
    }

    private static IEnumerable<Measured> Of(string bench, JsonElement row)
    {
        string subject = string.Join(" · ", Settings.Where(name => row.TryGetProperty(name, out _)).Select(name => $"{name} {row.GetProperty(name)}").Prepend(bench));
        foreach (string name in Exact)
        {
            if (row.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                yield return value.ValueKind == JsonValueKind.Number
                    ? Measured.OfNumbers(subject, name, "", value.GetDouble())
                    : Measured.OfWord(subject, name, value.ToString());
            }
        }
        foreach ((string name, string unit) in Rounds)
        {
            if (row.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number))
            {
                yield return Measured.OfNumbers(subject, name, unit, values.EnumerateArray().Select(value => value.GetDouble()));
            }
        }
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException broken)
        {
            throw new HarnessException($"{file} is torn: {broken.Message}", broken);
        }
    }
}
