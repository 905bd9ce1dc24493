using System.IO.Compression;
using System.Text.Json;

namespace MizarLab.Tests.Packets;

/// <summary>Every frame of the golden vectors, before and after: real Mizar frames, and mutated ones.</summary>
internal static class VectorFrames
{
    /// <summary>Frames of upstream.json, two a vector.</summary>
    public static IReadOnlyList<byte[]> Named { get; } = [.. Pairs("upstream.json").SelectMany(static p => new[] { p.In, p.Out })];

    /// <summary>Frames before and after of all single-frame vectors, the random ones too.</summary>
    public static IReadOnlyList<(byte[] In, byte[] Out)> AllPairs { get; } = [.. Pairs("upstream.json"), .. Pairs("upstream-random.json.gz")];

    private static IEnumerable<(byte[] In, byte[] Out)> Pairs(string file)
    {
        using FileStream raw = File.OpenRead(Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", file));
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var document = JsonDocument.Parse(stream);
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            yield return (Hex(vector, "in_hex"), Hex(vector, "out_hex"));
        }
    }

    private static byte[] Hex(JsonElement vector, string key) => Convert.FromHexString(vector.GetProperty(key).GetString()!);
}
