using System.Numerics;

namespace MizarLab.Overlay;

/// <summary>
/// Deals numbers 0, 1, 2, … out to so many places so that neighbours lie far apart and each place gets the same share: number n lies at
/// (n mod places · stride + ⌊n / places⌋ · shift) mod places. Both ways are computed, nothing is kept.
/// </summary>
internal readonly struct SpreadRule
{
    private readonly int places;
    private readonly long stride;
    private readonly long inverse;
    private readonly long shift;

    /// <param name="places">At least 1.</param>
    /// <param name="fraction">About which fraction of all places lies between neighbours, in thousandths; rules of different fractions are unlike.</param>
    public SpreadRule(int places, int fraction)
    {
        this.places = places;
        stride = CoprimeNear((long)places * fraction / 1000, places);
        inverse = InverseOf(stride, places);
        shift = places == 1 ? 0 : (stride / 2) + 1;
    }

    /// <summary>Where a number lies.</summary>
    public int PlaceOf(long number) => (int)((((number % places) * stride) + (number / places % places * shift)) % places);

    /// <summary>The <paramref name="round"/>-th number that lies there, in ascending order.</summary>
    public long NumberAt(int place, int round)
    {
        long shifted = (place - (round % places * shift)) % places;
        return ((long)round * places) + ((shifted < 0 ? shifted + places : shifted) * inverse % places);
    }

    /// <summary>How many of the first <paramref name="count"/> numbers lie there.</summary>
    public int CountAt(int place, long count)
    {
        int whole = (int)(count / places);
        return NumberAt(place, whole) < count ? whole + 1 : whole;
    }

    private static long CoprimeNear(long wanted, int places)
    {
        long stride = Math.Max(1, wanted);
        while (BigInteger.GreatestCommonDivisor(stride, places) != 1)
        {
            stride++;
        }
        return stride;
    }

    /// <summary>By Euclid: inverse · number ≡ 1 (mod modulus).</summary>
    private static long InverseOf(long number, int modulus)
    {
        (long remainder, long next) = (modulus, number % modulus);
        (long inverse, long nextInverse) = (0, 1);
        while (next != 0)
        {
            long quotient = remainder / next;
            (remainder, next) = (next, remainder - (quotient * next));
            (inverse, nextInverse) = (nextInverse, inverse - (quotient * nextInverse));
        }
        return ((inverse % modulus) + modulus) % modulus;
    }
}
