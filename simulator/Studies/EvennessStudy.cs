using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// How evenly a hash spreads packets over bouncers (spec 09 Q1). A pair cannot be split, so evenness follows how much of the traffic few pairs have: with c the chance that two packets are of
/// one pair, Jain's index of a fair hash over n bouncers is 1 / (1 + (n − 1) c) in expectation.
/// </summary>
/// <param name="bouncers">Of the network, 1 to <see cref="AddressList.Limit"/>.</param>
/// <param name="set">Who sends to whom.</param>
/// <param name="pairs">Pairs that talk.</param>
/// <param name="packets">Sent.</param>
/// <param name="exponent">Of Zipf's law.</param>
/// <param name="settings">Sharding, and whether a tier has a hash of its own.</param>
public sealed class EvennessStudy(int bouncers, PairSet set, int pairs, int packets, double exponent, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("max_over_mean", "", "Packets of the busiest bouncer over the mean"),
        new("jain", "", "Jain's index of packets by bouncer: 1 is even, 1/n all on one"),
        new("concentration", "", "Chance that two packets are of one pair"),
        new("chi_square", "", "χ² of the pairs' bouncers over its degrees of freedom: about 1 for a fair hash"),
        new("top_share", "", "Share of packets on the busiest bouncer"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        PacketPairs traffic = new(set, pairs, exponent, run.Seed);
        AddressList list = Members.Of(bouncers);
        long[] byPair = new long[traffic.Count];
        for (int packet = 0; packet < packets; packet++)
        {
            if (packet % 0x1_0000 == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
            byPair[traffic.Next()]++;
        }
        long[] load = new long[bouncers], members = new long[bouncers];
        double squares = 0;
        for (int pair = 0; pair < byPair.Length; pair++)
        {
            (Ipv4Address source, Ipv4Address destination) = traffic[pair];
            int bouncer = Members.NumberOf(ListPick.Pick(settings, in list, ListTier.AgentBouncer, MizarHash.OfAddresses(source, destination)));
            load[bouncer] += byPair[pair];
            members[bouncer]++;
            squares += (double)byPair[pair] * byPair[pair];
        }
        double mean = (double)packets / bouncers;
        return StudyResult.Of(
            load.Max() / mean,
            (double)packets * packets / (bouncers * load.Sum(each => (double)each * each)),
            squares / ((double)packets * packets),
            bouncers == 1 ? double.NaN : ChiSquare(members, byPair.Length) / (bouncers - 1),
            (double)load.Max() / packets);
    }

    private static double ChiSquare(long[] counts, long all)
    {
        double expected = (double)all / counts.Length;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
