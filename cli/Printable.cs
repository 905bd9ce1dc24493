using System.Globalization;
using System.Text;

namespace MizarLab.Cli;

/// <summary>Text that quotes what a stranger wrote (file names, values of files): on a terminal its characters are read, and never obeyed.</summary>
internal static class Printable
{
    /// <summary>Control characters but line feeds, and those that turn the direction of writing, as C escapes: <c>\x1b[2J</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsObeyed))
        {
            return text;
        }
        StringBuilder plain = new(text.Length + 8);
        foreach (char c in text)
        {
            if (IsObeyed(c))
            {
                plain.Append(CultureInfo.InvariantCulture, $"{(c <= byte.MaxValue ? "\\x" : "\\u")}{(int)c:x2}");
            }
            else
            {
                plain.Append(c);
            }
        }
        return plain.ToString();
    }

    private static bool IsObeyed(char c) => c != '\n' && (char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));
}
