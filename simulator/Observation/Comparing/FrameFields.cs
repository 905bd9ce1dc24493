using System.Collections.Immutable;
using System.Globalization;

namespace MizarLab.Observation.Comparing;

/// <summary>Differing fields of two frames.</summary>
internal static class FrameFields
{
    public static ImmutableArray<FieldDifference> Differences(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        ImmutableArray<FieldDifference>.Builder fields = ImmutableArray.CreateBuilder<FieldDifference>();
        if (left.Length != right.Length)
        {
            fields.Add(new FieldDifference("length", Number(left.Length), Number(right.Length)));
        }
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
            {
                fields.Add(new FieldDifference($"byte {i}", $"{left[i]:x2}", $"{right[i]:x2}"));
            }
        }
        return fields.ToImmutable();
    }

    public static string Summary(ReadOnlySpan<byte> frame) => $"{Number(frame.Length)} bytes";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
