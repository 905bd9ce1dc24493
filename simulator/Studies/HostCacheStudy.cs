using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Traffic;

namespace MizarLab.Studies;

/// <summary>
/// How many direct-path entries a host holds (spec 12 §8 E4): its endpoints talk to whom the fitted cloud matrix says, and the real table learns every peer that answers. As many entries as distinct
/// peers, n (1 − (1 − p)^m) in the mean, and nothing is evicted below the capacity. Beside it tables whose entries have a lifetime, at some moment of traffic at the matrix' rates: only peers that were talked to lately
/// have one (<see cref="EntryAgeing"/>).
/// </summary>
/// <param name="endpoints">n, of the network.</param>
/// <param name="hosted">m, of them on the host.</param>
/// <param name="active">p: share of ordered pairs that talk.</param>
/// <param name="capacity">Of the table.</param>
/// <param name="preprogrammed">A full mesh: the control plane writes a row for every endpoint, whoever talks.</param>
/// <param name="ageing">When entries go by themselves.</param>
public sealed class HostCacheStudy(int endpoints, int hosted, double active, int capacity, bool preprogrammed, EntryAgeing ageing) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("peers", "endpoints", "Distinct endpoints that the host's own talk to"),
        new("entries", "rows", "Rows of the direct-path table; of a full mesh, of all endpoints"),
        new("evicted", "rows", "Rows that left for others"),
        new("lookups", "lookups", "Pairs that talk"),
        new("expected", "rows", "By the law of ageing at the rates drawn, were there room for all: the sum over peers of λT/(1 + λT), of 1 - exp(-λT) when only idle entries go, of 1 when none does"),
    ];

    /// <summary>Bits of a packet, by which rates are packets a second.</summary>
    private const double PacketBits = 8_000;

    private static readonly Vni Tenant = new(1);

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        SparseMatrix matrix = new(endpoints, Pacing.AtOnce(1_000), active);
        LruTable<EndpointKey, CachedHost> table = new(capacity);
        double[] rates = new double[endpoints]; // packets a second from the host's endpoints to each
        long peers = 0, evicted = 0, pairs = 0;
        for (int source = 0; source < hosted; source++)
        {
            run.Cancel.ThrowIfCancellationRequested();
            foreach (TalkingPair pair in matrix.RowOf(source, run.Seed))
            {
                if (pair.Destination < hosted)
                {
                    continue; // a neighbour on the same host is no entry
                }
                pairs++;
                peers += rates[pair.Destination] == 0 ? 1 : 0;
                rates[pair.Destination] += pair.BitsPerSecond / PacketBits;
                if (ageing.Rule == AgeingRule.Never)
                {
                    evicted += table.Put(KeyOf(pair.Destination), default, out _) == LruChange.AddedForAnother ? 1 : 0;
                }
            }
        }
        double expected = ageing.Rule == AgeingRule.Never ? peers : LookAt(rates, table, new RandomStream(run.Seed, "host_cache/ageing"), run.Cancel, ref evicted);
        return StudyResult.Of(peers, preprogrammed ? endpoints : table.Count, preprogrammed ? 0 : evicted, pairs, expected);
    }

    /// <summary>Puts the entries there are at one moment; what the law expects of them.</summary>
    private double LookAt(double[] rates, LruTable<EndpointKey, CachedHost> table, RandomStream random, CancellationToken cancel, ref long evicted)
    {
        double expected = 0;
        for (int destination = 0; destination < endpoints; destination++)
        {
            if (rates[destination] > 0)
            {
                cancel.ThrowIfCancellationRequested();
                expected += ageing.Share(rates[destination]);
                if (ageing.IsThere(rates[destination], random))
                {
                    evicted += table.Put(KeyOf(destination), default, out _) == LruChange.AddedForAnother ? 1 : 0;
                }
            }
        }
        return expected;
    }

    private static EndpointKey KeyOf(int endpoint) => new(Tenant, new Ipv4Address(0x0A00_0002u + (uint)endpoint));
}
