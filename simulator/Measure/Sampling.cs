using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>What is drawn.</summary>
public enum SampledUnit : byte
{
    /// <summary>Whole flows: all their packets or none.</summary>
    Flow,
    Packet,
}

/// <summary>
/// Which packets are traced: one in so many flows or packets, by a hash of their identity under a seed. So the same packets are in the sample of any number of threads, and of
/// another run of the same seed; and nobody who is not sampled notices.
/// </summary>
/// <param name="OneIn">1: all.</param>
/// <param name="Unit">Flows or packets.</param>
/// <param name="Seed">Of the choice.</param>
public readonly record struct Sampling(long OneIn, SampledUnit Unit, ulong Seed = 1)
{
    /// <summary>Reads <c>1/1000</c>, of flows, or <c>1/1000 packets</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Sampling sampling)
    {
        sampling = default;
        string[] words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SampledUnit? unit = words switch
        {
            [_] or [_, "flows"] => SampledUnit.Flow,
            [_, "packets"] => SampledUnit.Packet,
            _ => null,
        };
        if (unit is null || !words[0].StartsWith("1/", StringComparison.Ordinal)
            || !long.TryParse(words[0].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long oneIn) || oneIn < 1)
        {
            return false;
        }
        sampling = new Sampling(oneIn, unit.Value);
        return true;
    }

    /// <summary>Whether a flow or packet is in the sample.</summary>
    /// <param name="first">Who it is, in three numbers: source, its flow or packet, …</param>
    public bool Takes(long first, long second, long third = 0)
    {
        StableHash hash = new(Seed);
        hash.Add(first);
        hash.Add(second);
        hash.Add(third);
        return (ulong)hash.Finish() % (ulong)OneIn == 0;
    }

    public override string ToString() => $"1/{OneIn.ToString(CultureInfo.InvariantCulture)} {(Unit == SampledUnit.Flow ? "flows" : "packets")}";
}
