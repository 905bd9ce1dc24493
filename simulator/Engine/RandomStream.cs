using System.Numerics;

namespace MizarLab.Engine;

/// <summary>
/// A stream of random numbers with a name, under the run's seed: xoshiro256** (Blackman and Vigna, public domain), its state
/// filled by SplitMix64 from a stable hash of (seed, name). What one stream gives depends on no other stream.
/// </summary>
public sealed class RandomStream
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    public RandomStream(ulong seed, ReadOnlySpan<char> name)
    {
        StableHash hash = new(seed);
        hash.Add(name);
        UInt128 start = hash.Finish();
        ulong state = (ulong)start ^ BitOperations.RotateLeft((ulong)(start >> 64), 32);
        s0 = SplitMix(ref state);
        s1 = SplitMix(ref state);
        s2 = SplitMix(ref state);
        s3 = SplitMix(ref state);
    }

    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    public ushort NextUInt16() => (ushort)(NextUInt64() >> 48);

    /// <summary>An even choice of 0 … <paramref name="bound"/> − 1 (Lemire's multiplication, with rejection, so without bias).</summary>
    public uint NextBelow(uint bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        uint threshold = unchecked(0u - bound) % bound;
        while (true)
        {
            ulong product = (ulong)NextUInt32() * bound;
            if ((uint)product >= threshold)
            {
                return (uint)(product >> 32);
            }
        }
    }

    /// <summary>An even choice of 0 … <paramref name="count"/> − 1 but <paramref name="self"/>.</summary>
    public int NextOther(int self, int count)
    {
        int other = (int)NextBelow((uint)count - 1);
        return other < self ? other : other + 1;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9e37_79b9_7f4a_7c15;
        ulong mixed = (state ^ state >> 30) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ mixed >> 27) * 0x94d0_49bb_1331_11eb;
        return mixed ^ mixed >> 31;
    }
}
