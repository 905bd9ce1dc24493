using System.Globalization;

namespace MizarLab.Studies;

/// <summary>
/// A measured value as people read it, with its interval: no more digits than that supports. The interval's half has one digit, two where the first is a 1 (of which one would be off by up to a half), and the
/// value ends at the same place. Files of results have all digits.
/// </summary>
public static class Estimate
{
    /// <summary>The place of the first digit below which a common power of ten is written apart.</summary>
    private const int LeastPlace = -4;

    private const int MostPlace = 15;

    /// <summary><c>12.34 ± 0.05</c>, <c>(3.10 ± 0.12)e-7</c>; without an interval the number by itself.</summary>
    /// <param name="half">Of the interval; NaN or 0: there is none, and the value is exact.</param>
    public static string Text(double value, double half)
    {
        if (!double.IsFinite(value) || !double.IsFinite(half) || half <= Tolerance.Rounding * Math.Abs(value))
        {
            return Claim.Shown(value);
        }
        (char first, int place) = Head(half);
        int last = first == '1' ? place - 1 : place;
        int top = Math.Max(place, value == 0 ? place : Head(Math.Abs(value)).Place);
        if (top is >= LeastPlace and < MostPlace)
        {
            return $"{Rounded(value, last)} ± {Rounded(half, last)}";
        }
        double power = PowerOfTen(top);
        return string.Create(CultureInfo.InvariantCulture, $"({Rounded(value / power, last - top)} ± {Rounded(half / power, last - top)})e{top}");
    }

    /// <summary>A bound beside measured values: three digits of how far it is from the other, and never fewer of its own.</summary>
    public static string Bound(double bound, double apart)
    {
        if (bound == 0 || !double.IsFinite(bound) || !double.IsFinite(apart) || apart <= 0)
        {
            return Claim.Shown(bound);
        }
        int last = Math.Min(Head(apart).Place, Head(Math.Abs(bound)).Place) - 2;
        return Claim.Shown(last >= 0 ? Math.Round(bound / PowerOfTen(last)) * PowerOfTen(last) : double.Parse(Rounded(bound, last), CultureInfo.InvariantCulture));
    }

    /// <summary>The first digit, of the number written with two, and its place: 0 of units, -1 of tenths.</summary>
    private static (char First, int Place) Head(double positive)
    {
        string written = positive.ToString("E1", CultureInfo.InvariantCulture); // 5.1E-002
        return (written[0], int.Parse(written.AsSpan(written.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string Rounded(double value, int last)
    {
        string text = last < 0
            ? value.ToString($"F{-last}", CultureInfo.InvariantCulture)
            : (Math.Round(value / PowerOfTen(last)) * PowerOfTen(last)).ToString("0", CultureInfo.InvariantCulture);
        return text.AsSpan().Trim("-0.").IsEmpty ? text.TrimStart('-') : text;
    }

    /// <summary>As the number that is read, so that it is the nearest one on any machine.</summary>
    private static double PowerOfTen(int exponent) => double.Parse(string.Create(CultureInfo.InvariantCulture, $"1e{exponent}"), CultureInfo.InvariantCulture);
}
