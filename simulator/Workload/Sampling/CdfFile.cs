using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace MizarLab.Workload.Sampling;

/// <summary>A text that is no distribution; the message says what is wrong with it.</summary>
public sealed class CdfFormatException(string message) : FormatException(message);

/// <summary>
/// A measured distribution with where it comes from, as a file holds it. One JSON object; every member is required, none other may be there:
/// <code>
/// {
///   "name": "web-search",
///   "source": "what was measured, by whom, and where the points were taken from",
///   "licence": "MIT",
///   "unit": "bytes",
///   "interpolation": "step",
///   "mean": 2434900,
///   "points": [[10000, 0.15], [20000, 0.2], [30000000, 1]]
/// }
/// </code>
/// <c>licence</c> is an SPDX identifier. <c>interpolation</c> is <c>step</c>, <c>linear</c> or <c>logarithmic</c> (<see cref="CdfInterpolation"/>). A
/// point is a value and the share of values up to it. <c>mean</c> is what the file's author says the mean is under this interpolation; it is
/// computed again and must agree to one part in a million, so that nobody compares runs on two readings of one table.
/// </summary>
/// <param name="Source">Who measured what.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Unit">What values are in.</param>
/// <param name="Law">The distribution.</param>
public sealed record CdfFile(string Source, string Licence, string Unit, EmpiricalCdf Law)
{
    private const double MeanTolerance = 1e-6;
    private static readonly string[] Members = ["name", "source", "licence", "unit", "interpolation", "mean", "points"];

    /// <exception cref="CdfFormatException">The text is no such file.</exception>
    public static CdfFile Parse(string text)
    {
        using JsonDocument document = Document(text);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CdfFormatException("the file holds no JSON object");
        }
        string[] present = [.. root.EnumerateObject().Select(m => m.Name)];
        foreach (string name in present)
        {
            if (!Members.Contains(name))
            {
                throw new CdfFormatException($"member '{name}' is unknown; there are {string.Join(", ", Members)}");
            }
            if (present.Count(other => other == name) > 1)
            {
                throw new CdfFormatException($"member '{name}' is there twice");
            }
        }
        string unit = Text(root, "unit");
        string interpolationName = Text(root, "interpolation");
        CdfInterpolation interpolation = interpolationName switch
        {
            "step" => CdfInterpolation.Step,
            "linear" => CdfInterpolation.Linear,
            "logarithmic" => CdfInterpolation.Logarithmic,
            _ => throw new CdfFormatException($"interpolation '{interpolationName}' is not step, linear or logarithmic"),
        };
        ImmutableArray<CdfPoint> points = Points(Member(root, "points"));
        if (EmpiricalCdf.Fault(interpolation, points) is { } fault)
        {
            throw new CdfFormatException(fault);
        }
        EmpiricalCdf law = new(Text(root, "name"), interpolation, points);
        double said = Number(Member(root, "mean"), "mean");
        if (!(Math.Abs(said - law.Mean) <= MeanTolerance * law.Mean))
        {
            throw new CdfFormatException(string.Create(
                CultureInfo.InvariantCulture, $"the file says its mean is {said}, but the points with {interpolationName} interpolation give {law.Mean:R}"));
        }
        return new CdfFile(Text(root, "source"), Text(root, "licence"), unit, law);
    }

    private static JsonDocument Document(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CdfFormatException($"no JSON: {e.Message}");
        }
    }

    private static ImmutableArray<CdfPoint> Points(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new CdfFormatException("'points' is no list");
        }
        ImmutableArray<CdfPoint>.Builder points = ImmutableArray.CreateBuilder<CdfPoint>(list.GetArrayLength());
        foreach (JsonElement pair in list.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            {
                throw new CdfFormatException($"point {points.Count + 1} is no pair [value, share]");
            }
            string name = $"point {points.Count + 1}";
            points.Add(new CdfPoint(Number(pair[0], name), Number(pair[1], name)));
        }
        return points.DrainToImmutable();
    }

    private static JsonElement Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement member) ? member : throw new CdfFormatException($"member '{name}' is missing");

    private static string Text(JsonElement root, string name) =>
        Member(root, name) is { ValueKind: JsonValueKind.String } member ? member.GetString()! : throw new CdfFormatException($"'{name}' is no text");

    private static double Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number)
            ? number
            : throw new CdfFormatException($"'{name}' holds no number where one is due");
}
