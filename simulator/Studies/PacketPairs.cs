using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>Who sends to whom, as far as hashes see it.</summary>
public enum PairSet : byte
{
    /// <summary>Anybody to anybody, each pair as often: the worst case of caches, the best of hashes.</summary>
    Uniform,

    /// <summary>Pairs of Zipf's law: some have most of the packets.</summary>
    Zipf,

    /// <summary>All to one.</summary>
    Star,

    /// <summary>Two endpoints alone.</summary>
    Single,
}

/// <summary>
/// Ordered pairs of endpoint addresses, and which of them each packet is of. Pair k is the same for all packets: the sources and destinations are addresses of 10.0.0.0/8 by a
/// full-period walk over it, so that no two pairs are equal and neighbours in the list are none in the network.
/// </summary>
/// <param name="set">Who to whom.</param>
/// <param name="pairs">How many there are; 1 of a single one.</param>
/// <param name="exponent">Of Zipf's law.</param>
/// <param name="seed">Where the walk begins, and of the draws.</param>
internal sealed class PacketPairs(PairSet set, int pairs, double exponent, ulong seed)
{
    private const uint Block = 0x0A00_0000, Hosts = (1u << 24) - 1;

    /// <summary>Odd, so that its multiples go through all of 2²⁴ (2²⁴ over the golden ratio).</summary>
    private const uint Stride = 10_368_889;

    private readonly RandomStream random = new(seed, "pairs/packets");
    private readonly Zipf? ranks = set == PairSet.Zipf ? new Zipf(pairs, exponent) : null;
    private readonly uint start = new RandomStream(seed, "pairs/addresses").NextUInt32();

    public int Count => set == PairSet.Single ? 1 : pairs;

    /// <summary>Of pair 0 … <see cref="Count"/> − 1.</summary>
    public (Ipv4Address Source, Ipv4Address Destination) this[int pair] =>
        (AddressAt(2 * (uint)pair), AddressAt(set == PairSet.Star ? uint.MaxValue : (2 * (uint)pair) + 1));

    /// <summary>The pair of the next packet.</summary>
    public int Next() => set switch
    {
        PairSet.Zipf => ranks!.Next(random) - 1,
        PairSet.Single => 0,
        _ => (int)random.NextBelow((uint)pairs),
    };

    private Ipv4Address AddressAt(uint place) => new(Block | (unchecked(start + (place * Stride)) & Hosts));
}
