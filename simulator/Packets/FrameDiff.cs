using System.Collections.Immutable;
using System.Text;

namespace MizarLab.Packets;

/// <summary>One row of two frames side by side; a side is null where only the other has the field.</summary>
public sealed record DiffRow(DecodedField? Left, DecodedField? Right)
{
    /// <summary>The layer's name; where a carried frame stands beside one that is not carried, the longer one: <c>inner eth</c>.</summary>
    public string Layer => Left is null || (Right is not null && Right.Layer.Length > Left.Layer.Length) ? Right!.Layer : Left.Layer;

    public string Field => (Left ?? Right)!.Field;

    /// <summary>One side lacks the field, or the values differ. That the same field lies elsewhere is no difference.</summary>
    public bool Differs => Left is null || Right is null || Left.Value != Right.Value;
}

/// <summary>Two frames compared field by field, and shown so that a person sees at once what differs.</summary>
public static class FrameDiff
{
    /// <summary>Widest value shown whole in <see cref="ToText"/>; longer ones (payloads) are cut and stand in the hex below.</summary>
    private const int ValueWidth = 40;

    /// <summary>So much of a frame is shown in hex whether it differs or not: Mizar's headers and an inner transport header.</summary>
    private const int WholeHexBytes = 256;

    private const string Inner = "inner ";

    /// <summary>
    /// The fields of both frames in order, aligned by layer and name, so that an option or a header that only one side has does
    /// not push all that follows out of step. Where one frame is in more tunnels than the other, the shallower one stands beside what
    /// the deeper one carries: a frame before and after encapsulation differs in the tunnel's headers only.
    /// </summary>
    public static ImmutableArray<DiffRow> Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Align(FrameDecoder.Decode(left), FrameDecoder.Decode(right));

    /// <summary>
    /// Two columns of decoded fields, the differing rows marked with <c>≠</c>, then the bytes of both in hex with the
    /// differing lines marked. Lines end with <c>\n</c>.
    /// </summary>
    /// <param name="left">Any bytes.</param>
    /// <param name="right">Any bytes.</param>
    /// <param name="leftTitle">Head of the left column, a backend's name say.</param>
    /// <param name="rightTitle">Head of the right column.</param>
    /// <param name="onlyDifferences">Leave out the rows and hex lines that are equal.</param>
    public static string ToText(
        ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, string leftTitle = "left", string rightTitle = "right", bool onlyDifferences = false)
    {
        ImmutableArray<DiffRow> rows = [.. Compare(left, right).Where(r => r.Differs || !onlyDifferences)];
        var text = new StringBuilder();
        int nameWidth = rows.IsEmpty ? 0 : rows.Max(static r => r.Layer.Length + r.Field.Length + 1);
        int leftWidth = Math.Max(leftTitle.Length, rows.IsEmpty ? 0 : rows.Max(static r => Shown(r.Left).Length));
        Line(text, false, new string(' ', nameWidth), leftTitle.PadRight(leftWidth), rightTitle);
        foreach (DiffRow row in rows)
        {
            Line(text, row.Differs, $"{row.Layer} {row.Field}".PadRight(nameWidth), Shown(row.Left).PadRight(leftWidth), Shown(row.Right));
        }
        AppendHex(text, leftTitle, left, right, onlyDifferences);
        AppendHex(text, rightTitle, right, left, onlyDifferences);
        return text.ToString();
    }

    private static ImmutableArray<DiffRow> Align(ImmutableArray<DecodedField> left, ImmutableArray<DecodedField> right)
    {
        int deeper = TunnelsOf(left) - TunnelsOf(right);
        string leftPrefix = string.Concat(Enumerable.Repeat(Inner, Math.Max(0, -deeper)));
        string rightPrefix = string.Concat(Enumerable.Repeat(Inner, Math.Max(0, deeper)));
        bool SameName(DecodedField l, DecodedField r) => l.Field == r.Field && leftPrefix + l.Layer == rightPrefix + r.Layer;

        // Longest common subsequence of (layer, field); common[i, j] is its length from i and j on. Equal ends, nearly all of
        // two frames, are taken off first.
        int front = 0;
        while (front < left.Length && front < right.Length && SameName(left[front], right[front]))
        {
            front++;
        }
        int back = 0;
        while (back < left.Length - front && back < right.Length - front && SameName(left[^(back + 1)], right[^(back + 1)]))
        {
            back++;
        }
        var rows = ImmutableArray.CreateBuilder<DiffRow>();
        for (int i = 0; i < front; i++)
        {
            rows.Add(new DiffRow(left[i], right[i]));
        }
        AlignMiddle(left.AsSpan()[front..^back], right.AsSpan()[front..^back], SameName, rows);
        for (int i = back; i > 0; i--)
        {
            rows.Add(new DiffRow(left[^i], right[^i]));
        }
        return rows.ToImmutable();
    }

    private static void AlignMiddle(
        ReadOnlySpan<DecodedField> left, ReadOnlySpan<DecodedField> right, Func<DecodedField, DecodedField, bool> sameName, ImmutableArray<DiffRow>.Builder rows)
    {
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int j = right.Length - 1; j >= 0; j--)
            {
                common[i, j] = sameName(left[i], right[j]) ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }
        int l = 0;
        int r = 0;
        while (l < left.Length || r < right.Length)
        {
            if (l < left.Length && r < right.Length && sameName(left[l], right[r]))
            {
                rows.Add(new DiffRow(left[l++], right[r++]));
            }
            else if (r == right.Length || (l < left.Length && common[l + 1, r] >= common[l, r + 1]))
            {
                rows.Add(new DiffRow(left[l++], null));
            }
            else
            {
                rows.Add(new DiffRow(null, right[r++]));
            }
        }
    }

    /// <summary>How many tunnels deep the deepest field lies. Layer names count them, and only those of whole frames begin with it.</summary>
    private static int TunnelsOf(ImmutableArray<DecodedField> fields)
    {
        int deepest = 0;
        foreach (DecodedField field in fields)
        {
            int tunnels = 0;
            while (field.Layer.AsSpan(tunnels * Inner.Length).StartsWith(Inner))
            {
                tunnels++;
            }
            deepest = Math.Max(deepest, tunnels);
        }
        return deepest;
    }

    private static string Shown(DecodedField? field)
    {
        if (field is null)
        {
            return "-";
        }
        string value = field.Value.Length <= ValueWidth ? field.Value : $"{field.Value.AsSpan(0, ValueWidth - 1)}…";
        return field.Note is null ? value : $"{value} ({field.Note})";
    }

    /// <summary>Of a long frame, runs of equal lines are counted, not shown: a payload would bury what differs.</summary>
    private static void AppendHex(StringBuilder text, string title, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other, bool onlyDifferences)
    {
        text.Append(title).Append($", {bytes.Length} bytes\n");
        int hidden = 0;
        for (int offset = 0; offset < bytes.Length; offset += HexDump.BytesPerLine)
        {
            bool differs = DiffersAt(bytes, other, offset);
            bool near = offset < WholeHexBytes || DiffersAt(bytes, other, offset - HexDump.BytesPerLine) || DiffersAt(bytes, other, offset + HexDump.BytesPerLine);
            if (!differs && (onlyDifferences || !near))
            {
                hidden++;
                continue;
            }
            AppendHidden(text, ref hidden, onlyDifferences);
            text.Append(differs ? "≠ " : "  ").Append(HexDump.FormatLine(HexDump.LineAt(bytes, offset), offset)).Append('\n');
        }
        AppendHidden(text, ref hidden, onlyDifferences);
    }

    private static bool DiffersAt(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other, int offset) =>
        offset >= 0 && !HexDump.LineAt(bytes, offset).SequenceEqual(HexDump.LineAt(other, offset));

    private static void AppendHidden(StringBuilder text, ref int hidden, bool silently)
    {
        if (hidden > 0 && !silently)
        {
            text.Append($"  … {hidden} equal {(hidden == 1 ? "line" : "lines")}\n");
        }
        hidden = 0;
    }

    private static void Line(StringBuilder text, bool differs, string name, string left, string right) =>
        text.Append($"{(differs ? "≠ " : "  ")}{name}  {left}  {right}".TrimEnd()).Append('\n');
}
