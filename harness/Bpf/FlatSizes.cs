using System.Numerics;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// How large flat tables are (bpf/flat.h): rows asked for, buckets that gives, and rows that may stand in the hash beside. Two rows a bucket at a load of 30 to
/// 83 % leave few without room in either of their two.
/// </summary>
internal static class FlatSizes
{
    public const string Endpoints = "endpoints", Peers = "peers", ServicePorts = "service_ports", Networks = "network_rows";

    private const int LeastBuckets = 64; // a page
    private const double Fill = 0.6;

    /// <summary>Rows of a flat table; null: the map is none.</summary>
    public static uint? RowsOf(string map, BpfOptions options) => map switch
    {
        Endpoints => BpfSizes.Of(Endpoints, options) ?? 65_537u,
        Peers => BpfSizes.Of(Peers, options) ?? 16_384u,
        Networks => BpfSizes.Of("networks", options) ?? 16_385u, // as the prefix table
        ServicePorts => BpfSizes.Of(ServicePorts, options) ?? (uint)TableSizes.Default.ServicePorts,
        _ => null,
    };

    /// <summary>The name of the hash beside a flat table.</summary>
    public static string Beside(string map) => map + "_more";

    /// <summary>Buckets a key is looked for in, a power of two.</summary>
    public static uint Buckets(uint rows) => BitOperations.RoundUpToPowerOf2(Math.Max(LeastBuckets, (uint)Math.Ceiling(rows * Fill)));

    /// <summary>Rows that have no room in their buckets: as many behind them, as many entries in the hash that knows them.</summary>
    public static uint RowsBeside(uint rows) => Math.Max(rows / 4, LeastBuckets);

    /// <summary>The last place there is in a flat table's map, two a bucket.</summary>
    public static uint LastPlace(string map, BpfOptions options) => (2 * EntriesOf(map, options)!.Value) - 1;

    /// <summary>Entries of a flat table's map or of the hash beside one; null: the map is neither.</summary>
    public static uint? EntriesOf(string map, BpfOptions options)
    {
        const string beside = "_more";
        return map.EndsWith(beside, StringComparison.Ordinal) && RowsOf(map[..^beside.Length], options) is { } rows ? RowsBeside(rows)
            : RowsOf(map, options) is { } own ? Buckets(own) + ((RowsBeside(own) + 1) / 2)
            : null;
    }
}
