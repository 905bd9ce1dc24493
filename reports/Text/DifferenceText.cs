using System.Text;
using MizarLab.Observation;
using MizarLab.Packets;

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
        if (difference is { LeftFrame: { } leftFrame, RightFrame: { } rightFrame })
        {
            foreach (string line in FrameDiff.ToText(leftFrame, rightFrame, left, right, onlyDifferences: true).TrimEnd('\n').Split('\n'))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }
        else if ((difference.LeftFrame ?? difference.RightFrame) is { } only)
        {
            text.Append($"    {(difference.LeftFrame is null ? right : left)} alone has a frame: {PacketText.Format(only)}\n");
        }
        return text.ToString();
    }
}
