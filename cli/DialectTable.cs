using System.Text.Json;
using MizarLab.DataPlane;

namespace MizarLab.Cli;

/// <summary>Prints what the dialects are: every row of spec §8.1 with upstream's behaviour, ours, and the switch between them, or why it is left.</summary>
internal static class DialectTable
{
    private const int Narrowest = 40;
    private const int Widest = 132;

    public static void Print(bool json)
    {
        if (json)
        {
            PrintJson();
        }
        else
        {
            PrintText();
        }
    }

    private static void PrintText()
    {
        Console.Out.WriteLine("mizar: all switches off, byte for byte upstream. lab: all on. A scenario sets single ones by 'switches:', a run by --switch.");
        foreach (SwitchEntry entry in SwitchTable.All)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine($"{entry.Name}  ({string.Join(", ", entry.Rows)})");
            Paragraph("mizar", entry.Upstream);
            Paragraph("lab", entry.Ours);
        }
        Console.Out.WriteLine();
        Console.Out.WriteLine("left as they are:");
        foreach (LeftEntry entry in SwitchTable.Left)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine($"({entry.Row})");
            Paragraph("mizar", entry.Upstream);
            Paragraph("lab", entry.Why);
        }
    }

    /// <summary>A dialect's sentence, broken to the terminal's width.</summary>
    private static void Paragraph(string dialect, string sentence)
    {
        string line = $"  {dialect,-6}";
        int width = Math.Clamp(Terminal.Output.Profile.Width, Narrowest, Widest);
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length + 1 + word.Length > width)
            {
                Console.Out.WriteLine(line);
                line = new string(' ', 8);
            }
            line += $" {word}";
        }
        Console.Out.WriteLine(line);
    }

    private static void PrintJson()
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteStartArray("dialects");
        foreach ((string name, DataPlaneSettings settings) in new[] { ("mizar", DataPlaneSettings.Mizar), ("lab", DataPlaneSettings.Lab) })
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteBoolean("default", settings.Dialect == DataPlaneSettings.Default.Dialect);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("switches");
        foreach (SwitchEntry entry in SwitchTable.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name", entry.Name);
            writer.WriteStartArray("rows");
            foreach (string row in entry.Rows)
            {
                writer.WriteStringValue(row);
            }
            writer.WriteEndArray();
            writer.WriteString("mizar", entry.Upstream);
            writer.WriteString("lab", entry.Ours);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("left");
        foreach (LeftEntry entry in SwitchTable.Left)
        {
            writer.WriteStartObject();
            writer.WriteString("row", entry.Row);
            writer.WriteString("mizar", entry.Upstream);
            writer.WriteString("lab", entry.Why);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
