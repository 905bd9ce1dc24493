using System.Globalization;
using System.Text;

namespace MizarLab.Packets.Layers;

/// <summary>
/// Bytes in the text form: <c>text "hello\n"</c> when all are printable ASCII, <c>zeros 56</c> when all are 0 and there are more
/// than a few, else <c>hex 00ff</c>.
/// </summary>
internal static class PayloadText
{
    public const string HexWord = "hex";
    public const string TextWord = "text";
    public const string ZerosWord = "zeros";

    /// <summary>As many zeros as are longer in hex.</summary>
    private const int FewZeros = 8;

    /// <summary>Word and value; only hex digits when <paramref name="textAllowed"/> is false.</summary>
    public static string Format(ReadOnlySpan<byte> bytes, bool textAllowed)
    {
        if (!textAllowed)
        {
            return Convert.ToHexStringLower(bytes);
        }
        if (bytes.IsEmpty)
        {
            return HexWord;
        }
        if (bytes.Length > FewZeros && !bytes.ContainsAnyExcept((byte)0))
        {
            return $"{ZerosWord} {bytes.Length.ToString(CultureInfo.InvariantCulture)}";
        }
        return IsText(bytes) ? $"{TextWord} {Quote(bytes)}" : $"{HexWord} {Convert.ToHexStringLower(bytes)}";
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte octet in bytes)
        {
            if (octet is not ((>= 0x20 and < 0x7F) or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return false;
            }
        }
        return true;
    }

    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        foreach (byte octet in bytes)
        {
            text.Append(octet switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'"' => "\\\"",
                (byte)'\\' => "\\\\",
                _ => ((char)octet).ToString(),
            });
        }
        return text.Append('"').ToString();
    }
}
