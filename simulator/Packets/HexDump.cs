using System.Text;

namespace MizarLab.Packets;

/// <summary>Bytes as lines of sixteen: offset, hex, printable characters. Wireshark's "import from hex dump" and text2pcap read it.</summary>
public static class HexDump
{
    public const int BytesPerLine = 16;

    /// <summary>All lines, each ending with <c>\n</c>.</summary>
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (int offset = 0; offset < bytes.Length; offset += BytesPerLine)
        {
            text.Append(FormatLine(LineAt(bytes, offset), offset)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The up to sixteen bytes at <paramref name="offset"/>; empty behind the end.</summary>
    internal static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> bytes, int offset) =>
        offset >= bytes.Length ? default : bytes[offset..Math.Min(offset + BytesPerLine, bytes.Length)];

    internal static string FormatLine(ReadOnlySpan<byte> line, int offset)
    {
        var hex = new StringBuilder(3 * BytesPerLine);
        var characters = new StringBuilder(BytesPerLine);
        foreach (byte octet in line)
        {
            hex.Append($"{octet:x2} ");
            characters.Append(octet is >= 0x20 and < 0x7F ? (char)octet : '.');
        }
        return $"{offset:x4}  {hex.ToString().PadRight(3 * BytesPerLine)} {characters}";
    }
}
