using System.Text;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>
/// One difference as plain text: the scenario's line, two columns with only the differing fields, then hex. The HTML page shows the
/// same in the same order; what a terminal or a CI log shows is this.
/// </summary>
public static class DifferenceText
{
    public static string Of(Difference difference, string left, string right)
    {
        StringBuilder text = new();
        text.Append(difference.Where is { } place ? $"{place}: " : "").Append($"{difference.Subject}: {difference.Aspect} differs\n");
        List<(string Field, string Left, string Right)> rows = [("", left, right), (difference.Aspect, difference.Left, difference.Right)];
        rows.AddRange(difference.Fields.Select(f => (f.Field, f.Left, f.Right)));
        int fieldWidth = rows.Max(r => r.Field.Length);
        int leftWidth = rows.Max(r => r.Left.Length);
        foreach ((string field, string leftText, string rightText) in rows)
        {
            text.Append($"    {field.PadRight(fieldWidth)}  {leftText.PadRight(leftWidth)}  {rightText}".TrimEnd()).Append('\n');
        }
        AppendHex(text, left, difference.LeftFrame, difference.RightFrame);
        AppendHex(text, right, difference.RightFrame, difference.LeftFrame);
        return text.ToString();
    }

    private static void AppendHex(StringBuilder text, string name, byte[]? frame, byte[]? other)
    {
        if (frame is null)
        {
            return;
        }
        text.Append($"    {name}, {Wording.Count(frame.Length, "byte")}\n");
        foreach (HexLine line in Hexdump.Of(frame, other))
        {
            text.Append($"      {line.Offset:x4} {string.Concat(line.Bytes.Select(b => $"{(b.Differs ? '>' : ' ')}{b.Value:x2}"))}\n");
        }
    }
}
