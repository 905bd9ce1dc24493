namespace MizarLab.Engine;

/// <summary>A link's rate in bits a second; 0 means unlimited.</summary>
public readonly record struct DataRate(long BitsPerSecond)
{
    public static readonly DataRate Unlimited = new(0);

    /// <summary>How long <paramref name="bytes"/> bytes take on the wire, rounded up to a picosecond; zero when unlimited.</summary>
    public SimTime TimeFor(int bytes)
    {
        const long bitsTimesPicoseconds = 8 * 1_000_000_000_000;
        if (BitsPerSecond == 0)
        {
            return SimTime.Zero;
        }
        // Up to a mebibyte the product and the rate together stay below 2^64, and one machine division does.
        return (uint)bytes <= 1 << 20 && BitsPerSecond > 0
            ? new SimTime((long)((((ulong)bytes * bitsTimesPicoseconds) + (ulong)BitsPerSecond - 1) / (ulong)BitsPerSecond))
            : new SimTime((long)((((Int128)bytes * bitsTimesPicoseconds) + BitsPerSecond - 1) / BitsPerSecond));
    }

    public override string ToString() => BitsPerSecond switch
    {
        0 => "unlimited",
        var b when b % 1_000_000_000 == 0 => $"{b / 1_000_000_000}Gbit",
        var b when b % 1_000_000 == 0 => $"{b / 1_000_000}Mbit",
        var b when b % 1_000 == 0 => $"{b / 1_000}kbit",
        var b => $"{b}bit",
    };
}
