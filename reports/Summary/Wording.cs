using System.Globalization;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>The words all reports share, so that a result is called the same in HTML, JUnit, Markdown and JSON.</summary>
public static class Wording
{
    /// <summary><c>pass</c>, <c>fail</c>, <c>skip</c>.</summary>
    public static string Of(Result result) => result switch
    {
        Result.Pass => "pass",
        Result.Fail => "fail",
        Result.Skip => "skip",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };

    public static string Of(RunVerdict verdict) => verdict switch
    {
        RunVerdict.Passed => "PASS",
        RunVerdict.Failed => "FAIL",
        RunVerdict.NothingRan => "NOTHING RAN",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    /// <summary><c>1 hop</c>, <c>2 hops</c>, <c>4 journeys</c>.</summary>
    public static string Count(long count, string noun, string? plural = null) =>
        $"{Number(count)} {(count == 1 ? noun : plural ?? noun + "s")}";

    /// <summary>Digits in groups of three, set apart by a narrow space: <c>12 345</c>.</summary>
    public static string Number(long value) => value.ToString("#,0", Grouped);

    /// <summary>A number that a backend may not know; a dash then.</summary>
    public static string Known(long? value) => value is { } known ? Number(known) : "–";

    /// <summary>With as many decimals as tell something: <c>0.0031</c>, <c>1.25</c>, <c>48.1</c>.</summary>
    public static string Decimal(double value) => value.ToString(value switch { 0 => "0", < 0.1 => "0.####", < 10 => "0.##", _ => "0.#" }, CultureInfo.InvariantCulture);

    /// <summary>Of a ratio: <c>93.8 %</c>.</summary>
    public static string Percent(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{100 * ratio:0.#}\u202f%");

    /// <summary>A place's name: <c>leaf-3 → spine-0</c>.</summary>
    public static string Place(string place) => place.Replace("->", "→", StringComparison.Ordinal);

    /// <summary><c>bouncer</c>, <c>divider</c>, ….</summary>
    public static string Of(MizarLab.Measure.RunRole role) => role.ToString().ToLowerInvariant();

    /// <summary>All differences, those that were only counted among them.</summary>
    public static long Differences(Comparison comparison) => comparison.Differences.Length + comparison.FurtherDifferences;

    /// <summary>What a comparison held against each other; says so when that was nothing.</summary>
    public static string Compared(Comparison comparison) =>
        IsEmpty(comparison)
            ? "nothing was compared"
            : $"{Count(comparison.Journeys, "journey")}, {Count(comparison.Hops, "hop")}, {Count(comparison.Frames, "whole frame")}, {Count(comparison.TableRows, "table row")}";

    /// <summary>True when two runs were held against each other and neither had anything to compare.</summary>
    public static bool IsEmpty(Comparison comparison) =>
        comparison is { Journeys: 0, Hops: 0, Frames: 0, TableRows: 0 } && comparison.Differences.IsEmpty;

    /// <summary>Milliseconds as people say them: <c>840 ms</c>, <c>12.4 s</c>.</summary>
    public static string Elapsed(long milliseconds) => milliseconds < 1000
        ? $"{milliseconds} ms"
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s");

    private static readonly NumberFormatInfo Grouped = new() { NumberGroupSeparator = "\u202f", NegativeSign = "-" };
}
