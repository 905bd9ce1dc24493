namespace MizarLab.Packets;

/// <summary>How an interface of a capture counts time: <c>if_tsresol</c> and <c>if_tsoffset</c>.</summary>
/// <param name="Resolution">Top bit clear: 10⁻ⁿ s; set: 2⁻ⁿ s, n the low seven bits.</param>
/// <param name="OffsetSeconds">Added to every time.</param>
internal readonly record struct PcapngClock(byte Resolution, long OffsetSeconds)
{
    public static readonly PcapngClock Default = new(PcapngFormat.DefaultResolution, 0);

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Rounded down; false when the result does not fit.</summary>
    public bool TryToNanoseconds(ulong time, out long nanoseconds)
    {
        int exponent = Resolution & 0x7F;
        UInt128 scaled = (Resolution & 0x80) != 0
            ? ((UInt128)time * NanosecondsPerSecond) >> exponent
            : Decimal(time, exponent);
        // At most 2^64 · 10⁹ from here on: far from the ends of 128 bits.
        Int128 total = (Int128)scaled + ((Int128)OffsetSeconds * NanosecondsPerSecond);
        bool fits = total >= 0 && total <= long.MaxValue;
        nanoseconds = fits ? (long)total : 0;
        return fits;
    }

    private static UInt128 Decimal(ulong time, int exponent)
    {
        UInt128 scaled = (UInt128)time * NanosecondsPerSecond;
        for (; exponent > 0 && scaled > 0; exponent--)
        {
            scaled /= 10;
        }
        return scaled;
    }
}
