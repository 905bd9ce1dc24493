using System.Text;
using MizarLab.Packets;

namespace MizarLab.Observation;

/// <summary>
/// A difference as a person reads it in a terminal: the scenario's line and what differs; then, of frames, two columns of decoded fields with the
/// differing ones marked <c>≠</c>, and both frames in hex.
/// </summary>
/// <example>
/// <code>
/// two.yaml:7:5: step 'frame-1', a → b crafted icmp echo request frame 1, hop 2 at d2 (transit): frame out differs
///                     model          netns
///     ≠ rts host      172.17.0.2     172.17.0.9
/// </code>
/// </example>
public static class DifferenceText
{
    private const string Indent = "    ";

    /// <param name="difference">What to tell.</param>
    /// <param name="left">Head of the left column: a backend's name.</param>
    /// <param name="right">Head of the right column.</param>
    /// <returns>Lines that end with <c>\n</c>.</returns>
    public static string Format(Difference difference, string left = "left", string right = "right")
    {
        StringBuilder text = new();
        text.Append(difference.Where is { } place ? $"{place}: " : "").Append($"{difference.Subject}: {difference.Aspect} differs\n");
        if (difference.LeftFrame is null || difference.RightFrame is null)
        {
            int width = Math.Max(left.Length, right.Length);
            text.Append($"{Indent}{left.PadRight(width)}  {difference.Left}\n");
            text.Append($"{Indent}{right.PadRight(width)}  {difference.Right}\n");
        }
        if (difference is { LeftFrame: { } leftFrame, RightFrame: { } rightFrame })
        {
            // Where only the fields that differ are marked, the columns say it all; else these are told apart from the stack's own.
            if (FrameDiff.Compare(leftFrame, rightFrame).Count(row => row.Differs) > difference.Fields.Length)
            {
                AppendFields(text, difference, left, right);
                text.Append($"{Indent}(what else is marked below is the sending stack's own and may differ)\n");
            }
            foreach (string line in FrameDiff.ToText(leftFrame, rightFrame, left, right).TrimEnd('\n').Split('\n'))
            {
                text.Append($"{Indent}{line}".TrimEnd()).Append('\n');
            }
        }
        else
        {
            AppendFields(text, difference, left, right);
        }
        return text.ToString();
    }

    private static void AppendFields(StringBuilder text, Difference difference, string left, string right)
    {
        foreach (FieldDifference field in difference.Fields)
        {
            text.Append($"{Indent}differs: {field.Field}: {left} {field.Left}, {right} {field.Right}\n");
        }
    }

    /// <summary>All differences of a comparison, and how many more there were; empty when it found none.</summary>
    public static string Format(Comparison comparison)
    {
        StringBuilder text = new();
        foreach (Difference difference in comparison.Differences)
        {
            text.Append(Format(difference, comparison.Left, comparison.Right)).Append('\n');
        }
        if (comparison.FurtherDifferences > 0)
        {
            text.Append($"and {comparison.FurtherDifferences} more\n");
        }
        return text.ToString();
    }
}
