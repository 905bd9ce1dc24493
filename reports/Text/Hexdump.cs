using System.Collections.Immutable;

namespace MizarLab.Reports;

/// <summary>One byte of a dump, and whether the other frame has another there, or none.</summary>
public readonly record struct HexByte(byte Value, bool Differs);

/// <summary>Up to sixteen bytes from <see cref="Offset"/> on.</summary>
public sealed record HexLine(int Offset, ImmutableArray<HexByte> Bytes);

/// <summary>A frame as lines of sixteen bytes, held against another.</summary>
public static class Hexdump
{
    public const int BytesPerLine = 16;

    /// <param name="other">The frame to mark differences against; null marks none.</param>
    public static IEnumerable<HexLine> Of(byte[] frame, byte[]? other = null)
    {
        for (int offset = 0; offset < frame.Length; offset += BytesPerLine)
        {
            int start = offset;
            yield return new HexLine(offset, [.. Enumerable.Range(offset, Math.Min(BytesPerLine, frame.Length - start)).Select(i =>
                new HexByte(frame[i], other is not null && (i >= other.Length || other[i] != frame[i])))]);
        }
    }
}
