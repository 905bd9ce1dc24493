using System.Globalization;
using System.Text.Json;
using MizarLab.Harness.Results.Comparing;
using MizarLab.Studies;
using Spectre.Console;

namespace MizarLab.Cli;

/// <summary>What moved between two runs, as a table or as JSON.</summary>
internal static class DifferenceTable
{
    private const int WordsShown = 60;

    public static void Print(RunDifference difference, double confidence)
    {
        if (!difference.Moved.IsEmpty)
        {
            Table table = new Table().RoundedBorder().AddColumns("of", "measure", "before", "after", "change");
            foreach (Moved moved in difference.Moved)
            {
                table.AddRow([.. new[] { moved.Named.Subject, moved.Named.Measure, Shown(moved.Before), Shown(moved.After), Change(moved) }.Select(Markup.Escape)]);
            }
            Terminal.Output.Write(table);
        }
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{difference.Moved.Length} moved, {difference.Same} did not (intervals of {100 * confidence:0.####} %)"));
    }

    public static void WriteJson(RunDifference difference, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("same", difference.Same);
        json.WriteStartArray("moved");
        foreach (Moved moved in difference.Moved)
        {
            json.WriteStartObject();
            json.WriteString("of", moved.Named.Subject);
            json.WriteString("measure", moved.Named.Measure);
            json.WriteString("unit", moved.Named.Unit);
            Write(json, "before", moved.Before);
            Write(json, "after", moved.After);
            if (moved.Apart is { } apart)
            {
                json.WriteNumber("difference", apart.Difference);
                json.WriteNumber("half_width", apart.HalfWidth);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Measured? thing)
    {
        if (thing is null or { Word: null, Numbers.Count: 0 })
        {
            json.WriteNull(name);
        }
        else if (thing.Word is { } word)
        {
            json.WriteString(name, word);
        }
        else
        {
            json.WriteStartObject(name);
            json.WriteNumber("mean", thing.Numbers.Mean);
            json.WriteNumber("deviation", thing.Numbers.StandardDeviation);
            json.WriteNumber("count", thing.Numbers.Count);
            json.WriteEndObject();
        }
    }

    private static string Shown(Measured? thing) => thing switch
    {
        null => "absent",
        { Word: { } word } => word.Length <= WordsShown ? word : word[..(WordsShown - 3)] + "...",
        { Numbers.Count: 0 } => "nothing measured",
        _ => $"{Number(thing.Numbers.Mean)} {thing.Unit}".TrimEnd() + (thing.Numbers.Count > 1 ? $" (of {thing.Numbers.Count.ToString(CultureInfo.InvariantCulture)})" : ""),
    };

    private static string Change(Moved moved) => moved.Apart is not { } apart
        ? ""
        : $"{(apart.Difference > 0 ? "+" : "")}{Estimate.Text(apart.Difference, apart.HalfWidth)} {moved.Named.Unit}".TrimEnd()
            + (double.IsNaN(moved.Ratio) ? "" : string.Create(CultureInfo.InvariantCulture, $", {moved.Ratio:0.###} times"));

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1e6 ? "0.####e0" : "0.####", CultureInfo.InvariantCulture);
}
