using System.Globalization;

namespace MizarLab.Studies;

/// <summary>
/// The number a quantity of the language stands for, so that axes can be computed with and drawn: time in seconds, rates in bit/s, sizes in bytes, shares
/// (<c>5%</c>) as such, counts as they are.
/// </summary>
public static class Quantity
{
    private static readonly (string Suffix, double Size, string Unit)[] Units =
    [
        ("ps", 1e-12, "s"), ("ns", 1e-9, "s"), ("us", 1e-6, "s"), ("ms", 1e-3, "s"), ("s", 1, "s"),
        ("bit", 1, "bit/s"), ("kbit", 1e3, "bit/s"), ("Mbit", 1e6, "bit/s"), ("Gbit", 1e9, "bit/s"), ("Tbit", 1e12, "bit/s"),
        ("B", 1, "B"), ("kB", 1e3, "B"), ("KiB", 1024, "B"), ("MB", 1e6, "B"), ("MiB", 1_048_576, "B"), ("GB", 1e9, "B"),
        ("/s", 1, "1/s"), ("frames", 1, "frames"), ("frame", 1, "frames"), ("%", 0.01, ""),
    ];

    /// <summary>False for a word.</summary>
    /// <param name="unit">What <paramref name="number"/> counts; empty for a bare one and for a share.</param>
    public static bool TryParse(string text, out double number, out string unit)
    {
        unit = "";
        number = 0;
        string trimmed = text.Trim();
        int end = trimmed.AsSpan().IndexOfAnyExcept("0123456789.eE+-_");
        ReadOnlySpan<char> rest = end < 0 ? [] : trimmed.AsSpan(end).Trim();
        if (!TryNumber(end < 0 ? trimmed : trimmed[..end], out double read))
        {
            return false;
        }
        number = read;
        if (rest.IsEmpty)
        {
            return true;
        }
        foreach ((string suffix, double size, string name) in Units)
        {
            if (rest.SequenceEqual(suffix))
            {
                unit = name;
                number = size < 1 ? read / Math.Round(1 / size) : read * size;
                return true;
            }
        }
        return false;
    }

    /// <summary>A bare number, with <c>_</c> between digits wherever its author put one.</summary>
    public static bool TryNumber(string text, out double number)
    {
        number = 0;
        string plain = WithoutGaps(text.Trim());
        return plain.Length is > 0 and < 40 && (char.IsAsciiDigit(plain[^1]) || plain[^1] == '.')
            && double.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    /// <summary><c>10_000</c> as <c>10000</c>; a <c>_</c> that is not between two digits stays, and then nothing reads it as a number.</summary>
    public static string WithoutGaps(string text)
    {
        if (!text.Contains('_'))
        {
            return text;
        }
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && !(i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1])))
            {
                return text;
            }
        }
        return text.Replace("_", "", StringComparison.Ordinal);
    }
}
