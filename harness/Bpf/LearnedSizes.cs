using System.Numerics;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// How large learned tables are (bpf/learned.h): rows asked for, and sets of eight that gives, at least twice as many rows. With as many rows as asked for, and sets filled by
/// chance, 0.8 % of them find their set full and push another out at a load of one half; at half as many 0.02 %, at a quarter 1 in a million.
/// </summary>
internal static class LearnedSizes
{
    /// <summary>Both NAT caches in one map, half of its rows each.</summary>
    public const string Nat = "nat", DirectPath = "direct_path", Connections = "connections", Translations = "translations";

    public const int Ways = 8;

    private const uint LeastSets = 64;

    /// <summary>Rows of a learned table; null: the map is none.</summary>
    public static uint? RowsOf(string map, BpfOptions options) => map switch
    {
        Nat => BpfSizes.Of(map, options) ?? 2 * (uint)TableSizes.Default.Nat,
        DirectPath => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.DirectPath,
        Connections => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.Connections,
        Translations => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.Translations,
        _ => null,
    };

    /// <summary>Sets for so many rows, a power of two.</summary>
    public static uint Sets(uint rows) => BitOperations.RoundUpToPowerOf2(Math.Max(LeastSets, (uint)((2ul * rows + Ways - 1) / Ways)));

    /// <summary>Entries of a learned table's map; null: the map is none.</summary>
    public static uint? EntriesOf(string map, BpfOptions options) => RowsOf(map, options) is { } rows ? Sets(rows) : null;

    /// <summary>What programs find a key's set by.</summary>
    public static uint Mask(string map, BpfOptions options) => EntriesOf(map, options)!.Value - 1;
}
