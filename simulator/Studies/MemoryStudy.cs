using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Studies;

/// <summary>
/// What a host's tables take in the kernel (spec 09 Q33, 03 §3.1), by the layouts of their maps. Upstream gives every endpoint an agent with tables of its own, and makes room for a million rules beforehand; ours have
/// one agent program a droplet, whose rows lie in tables that are there anyway. Neither depends on the endpoints of other hosts, but at a bouncer within its table.
/// Beside them a full mesh on our layout, which needs a row for every endpoint of the cluster (spec 12 §3.1, §8 E12).
/// </summary>
/// <param name="pods">Endpoints of the host.</param>
/// <param name="elsewhere">Endpoints of other hosts that it knows, as a bouncer does.</param>
/// <param name="preprogrammed">A full mesh: a row for each of them, and for its own, in a table that grows.</param>
/// <param name="settings">Whose tables.</param>
public sealed class MemoryStudy(int pods, int elsewhere, bool preprogrammed, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("fixed", "B", "Before there is an endpoint"),
        new("a_pod", "B", "For one more endpoint of this host"),
        new("an_endpoint", "B", "For one more endpoint of another host"),
        new("host", "B", "All of the host"),
        new("room", "", "Share of the table of endpoints that is taken"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        bool upstream = settings.Dialect == Dialect.Mizar;
        double room = (double)(pods + elsewhere) / (preprogrammed ? MemoryTables.FullMesh.Entries : TableSizes.Of(settings.Dialect).Endpoints);
        if (room > 1)
        {
            return StudyResult.Of(double.NaN, double.NaN, double.NaN, double.NaN, room); // there is no such host
        }
        double common = (upstream ? MemoryTables.UpstreamHost : MemoryTables.LabDroplet).Sum(map => map.Bytes) + (preprogrammed ? MemoryTables.FullMesh.Bytes : 0);
        double row = preprogrammed ? MemoryTables.FullMesh.RowBytes : 0;
        double pod = (upstream ? MemoryTables.UpstreamAgent.Sum(map => map.Bytes) : 0) + row;
        return StudyResult.Of(common, pod, row, common + (pod * pods) + (row * elsewhere), room);
    }
}
