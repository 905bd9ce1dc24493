namespace MizarLab.Engine;

/// <summary>A link's rate in bits a second; 0 means unlimited.</summary>
public readonly record struct DataRate(long BitsPerSecond)
{
    public static readonly DataRate Unlimited = new(0);

    /// <summary>How long <paramref name="bytes"/> bytes take on the wire, rounded up to a picosecond; zero when unlimited.</summary>
    public SimTime TimeFor(int bytes) =>
        BitsPerSecond == 0 ? SimTime.Zero : new SimTime((long)(((Int128)bytes * 8 * 1_000_000_000_000 + BitsPerSecond - 1) / BitsPerSecond));

    public override string ToString() => BitsPerSecond switch
    {
        0 => "unlimited",
        var b when b % 1_000_000_000 == 0 => $"{b / 1_000_000_000}Gbit",
        var b when b % 1_000_000 == 0 => $"{b / 1_000_000}Mbit",
        var b when b % 1_000 == 0 => $"{b / 1_000}kbit",
        var b => $"{b}bit",
    };
}
