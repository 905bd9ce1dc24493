using System.Text;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>
/// One difference as plain text: the scenario's line, two columns of decoded fields with only the differing ones, then hex, then where
/// the captures are. The HTML page shows the same in the same order; a terminal and a CI log show this.
/// </summary>
public static class DifferenceText
{
    private const string Indent = "    ";

    /// <param name="captureOf">A backend's capture; null when none is kept.</param>
    public static string Of(Difference difference, string left, string right, Func<string, string>? captureOf = null)
    {
        StringBuilder text = new();
        text.Append(difference.Where is { } place ? $"{place}: " : "").Append($"{difference.Subject}: {difference.Aspect} differs\n");
        bool framed = difference is { LeftFrame: not null, RightFrame: not null };
        List<(string Field, string Left, string Right)> rows = [("", left, right), (difference.Aspect, difference.Left, difference.Right)];
        if (!framed)
        {
            rows.AddRange(difference.Fields.Select(f => (f.Field, f.Left, f.Right)));
        }
        int fieldWidth = rows.Max(r => r.Field.Length);
        int leftWidth = rows.Max(r => r.Left.Length);
        foreach ((string field, string leftText, string rightText) in rows)
        {
            text.Append($"{Indent}{field.PadRight(fieldWidth)}  {leftText.PadRight(leftWidth)}  {rightText}".TrimEnd()).Append('\n');
        }
        AppendFrames(text, difference, left, right);
        if (captureOf is not null)
        {
            text.Append($"{Indent}captures: {captureOf(left)}, {captureOf(right)}\n");
        }
        return text.ToString();
    }

    private static void AppendFrames(StringBuilder text, Difference difference, string left, string right)
    {
        if (difference is { LeftFrame: { } leftFrame, RightFrame: { } rightFrame })
        {
            string lines = FrameDiff.ToText(leftFrame, rightFrame, left, right, onlyDifferences: true);
            foreach (string line in lines.TrimEnd('\n').Split('\n'))
            {
                text.Append(Indent).Append(line).Append('\n');
            }
        }
        else if ((difference.LeftFrame ?? difference.RightFrame) is { } only)
        {
            text.Append($"{Indent}{(difference.LeftFrame is null ? right : left)} alone: {PacketText.Format(only)}\n");
        }
    }
}
