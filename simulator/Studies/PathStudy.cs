using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// Which of the ways between two networks packets take: a way is a bouncer of the source's network, a divider, and a bouncer of the destination's. Pairs of endpoints are drawn
/// evenly, and each way is chosen by the data plane's own functions. Upstream asks one hash at all three tiers, so its choices go in step (spec §8.1 P29, §12.1 finding 4); with
/// the switch <c>hash_per_tier</c> each tier has a hash of its own.
/// </summary>
/// <example><code>
/// new PathStudy(bouncers: 4, dividers: 4, farBouncers: 4, pairs: 100_000, DataPlaneSettings.Mizar).Run(run).Values[0] // 4 of 64
/// </code></example>
public sealed class PathStudy : IStudy
{
    private readonly AddressList bouncers;
    private readonly AddressList dividers;
    private readonly AddressList farBouncers;
    private readonly int pairs;
    private readonly DataPlaneSettings settings;

    /// <param name="bouncers">Of the source's network; each list 1 to 128.</param>
    /// <param name="farBouncers">Of the destination's.</param>
    /// <param name="pairs">Pairs of endpoints that are drawn.</param>
    public PathStudy(int bouncers, int dividers, int farBouncers, int pairs, DataPlaneSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairs);
        this.bouncers = Members(0xAC11_0100, bouncers);
        this.dividers = Members(0xAC11_0200, dividers);
        this.farBouncers = Members(0xAC11_0300, farBouncers);
        this.pairs = pairs;
        this.settings = settings;
    }

    public static ImmutableArray<StudyMeasure> Given { get; } =
    [
        new("distinct_paths", "paths", "distinct paths in use"),
        new("used_share", "", "share of all paths that is in use"),
        new("busiest_path", "", "pairs on the busiest path, against an even share of all paths"),
    ];

    public ImmutableArray<StudyMeasure> Measures => Given;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        RandomStream random = new(run.Seed, "pairs");
        int paths = bouncers.Count * dividers.Count * farBouncers.Count;
        int[] used = new int[paths];
        for (int pair = 0; pair < pairs; pair++)
        {
            if ((pair & 0xFFFF) == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
            // Anywhere in two /8 networks of the VPC.
            Ipv4Address source = new(0x0A00_0000 | (random.NextUInt32() >> 8));
            Ipv4Address destination = new(0x0B00_0000 | (random.NextUInt32() >> 8));
            uint hash = MizarHash.OfAddresses(source, destination);
            int near = (int)(ListPick.Pick(settings, in bouncers, ListTier.AgentBouncer, hash).Value & 0xFF);
            int middle = (int)(ListPick.Pick(settings, in dividers, ListTier.Divider, hash).Value & 0xFF);
            int far = (int)(ListPick.Pick(settings, in farBouncers, ListTier.NetworkBouncer, hash).Value & 0xFF);
            used[(((near * dividers.Count) + middle) * farBouncers.Count) + far]++;
        }
        int distinct = used.Count(u => u > 0);
        return StudyResult.Of(distinct, (double)distinct / paths, used.Max() * (double)paths / pairs);
    }

    /// <summary>Addresses whose last byte is their place in the list.</summary>
    private static AddressList Members(uint first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new AddressList([.. Enumerable.Range(0, count).Select(i => new Ipv4Address(first + (uint)i))]);
    }
}
