using System.Numerics;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// How large learned tables are (bpf/learned.h): rows asked for, and places that gives, at least twice as many, in sets of eight. With as many rows as were asked for, and sets filled by
/// chance, at most 0.8 % of them find their set full and push another out; with half as many 0.02 %, with a quarter one in a million.
/// </summary>
internal static class LearnedSizes
{
    /// <summary>Both NAT caches in one map, half of its rows each.</summary>
    public const string Nat = "nat";

    public const string DirectPath = "direct_path", Connections = "connections", Translations = "translations";

    /// <summary>Places in a set.</summary>
    public const int Ways = 8;

    private const uint LeastPlaces = 512;
    private const string SetsOf = "_sets";

    /// <summary>Rows of a learned table; null: the map is none.</summary>
    public static uint? RowsOf(string map, BpfOptions options) => map switch
    {
        Nat => BpfSizes.Of(map, options) ?? 2 * (uint)TableSizes.Default.Nat,
        DirectPath => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.DirectPath,
        Connections => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.Connections,
        Translations => BpfSizes.Of(map, options) ?? (uint)TableSizes.Default.Translations,
        _ => null,
    };

    /// <summary>The name of the map of a learned table's sets.</summary>
    public static string Sets(string map) => map + SetsOf;

    /// <summary>Places for so many rows, a power of two.</summary>
    public static uint Places(uint rows) => BitOperations.RoundUpToPowerOf2(Math.Max(LeastPlaces, 2 * rows));

    /// <summary>Entries of a learned table's map or of that of its sets; null: the map is neither.</summary>
    public static uint? EntriesOf(string map, BpfOptions options) =>
        map.EndsWith(SetsOf, StringComparison.Ordinal) && RowsOf(map[..^SetsOf.Length], options) is { } rows ? Places(rows) / Ways
        : RowsOf(map, options) is { } own ? Places(own)
        : null;

    /// <summary>What programs find a key's place by.</summary>
    public static uint Mask(string map, BpfOptions options) => EntriesOf(map, options)!.Value - 1;
}
