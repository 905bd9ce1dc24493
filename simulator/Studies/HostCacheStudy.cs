using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Traffic;

namespace MizarLab.Studies;

/// <summary>
/// How many direct-path entries a host holds (spec 12 §8 E4): its endpoints talk to whom the fitted cloud matrix says, and the real table learns every peer that answers. As many entries as distinct
/// peers, n (1 − (1 − p)^m) in the mean, and nothing is evicted below the capacity.
/// </summary>
/// <param name="endpoints">n, of the network.</param>
/// <param name="hosted">m, of them on the host.</param>
/// <param name="active">p: share of ordered pairs that talk.</param>
/// <param name="capacity">Of the table.</param>
/// <param name="preprogrammed">A full mesh: the control plane writes a row for every endpoint, whoever talks.</param>
public sealed class HostCacheStudy(int endpoints, int hosted, double active, int capacity, bool preprogrammed) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("peers", "endpoints", "Distinct endpoints that the host's own talk to"),
        new("entries", "rows", "Rows of the direct-path table; of a full mesh, of all endpoints"),
        new("evicted", "rows", "Rows that left for others"),
        new("lookups", "lookups", "Pairs that talk"),
    ];

    private static readonly Vni Tenant = new(1);

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        SparseMatrix matrix = new(endpoints, Pacing.AtOnce(1_000), active);
        LruTable<EndpointKey, CachedHost> table = new(capacity);
        bool[] met = new bool[endpoints];
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
                peers += met[pair.Destination] ? 0 : 1;
                met[pair.Destination] = true;
                evicted += table.Put(KeyOf(pair.Destination), default, out _) == LruChange.AddedForAnother ? 1 : 0;
            }
        }
        return StudyResult.Of(peers, preprogrammed ? endpoints : table.Count, preprogrammed ? 0 : evicted, pairs);
    }

    private static EndpointKey KeyOf(int endpoint) => new(Tenant, new Ipv4Address(0x0A00_0002u + (uint)endpoint));
}
