using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Packets;

namespace MizarLab.Observation.Comparing;

/// <summary>Differing fields of two frames.</summary>
internal static class FrameFields
{
    private const string Absent = "-";

    /// <summary>The decoded fields that differ; of two unequal frames at least one.</summary>
    public static ImmutableArray<FieldDifference> Differences(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        ImmutableArray<FieldDifference> fields = [.. FrameDiff.Compare(left, right)
            .Where(row => row.Differs)
            .Select(row => new FieldDifference($"{row.Layer} {row.Field}", row.Left?.Text ?? Absent, row.Right?.Text ?? Absent))];
        return fields.IsEmpty && !left.SequenceEqual(right) ? [FirstByte(left, right)] : fields;
    }

    public static string Summary(ReadOnlySpan<byte> frame) => $"{frame.Length.ToString(CultureInfo.InvariantCulture)} bytes";

    private static FieldDifference FirstByte(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int at = left.CommonPrefixLength(right);
        string Text(ReadOnlySpan<byte> frame) => at < frame.Length ? frame[at].ToString("x2", CultureInfo.InvariantCulture) : Absent;
        return new FieldDifference($"byte {at}", Text(left), Text(right));
    }
}
