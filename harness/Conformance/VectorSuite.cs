using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// A file of golden vectors or chains: an array of vectors, one vector, one <c>{world, sequences}</c>, or an array of such worlds; plain or gzip, told by
/// its first bytes. <c>VectorRunner.Run(VectorSuite.Load("upstream.json"), new ModelDataPlane(suite.Droplets))</c>.
/// </summary>
public sealed record VectorSuite(string Name, ImmutableArray<Vector> Vectors, ImmutableArray<ChainWorld> Worlds)
{
    /// <summary>Most bytes of JSON; above it, a file is taken for a mistake, or for a compressed trap.</summary>
    private const int MostBytes = 1 << 28;

    /// <summary>Droplets a data plane must have to run it.</summary>
    public int Droplets => Math.Max(1, Worlds.Length == 0 ? 0 : Worlds.Max(world => world.Droplets.Length));

    /// <summary>What the vectors were recorded with, each once.</summary>
    public ImmutableArray<DataPlaneSettings> Settings => [.. Vectors.Select(vector => vector.Settings).Concat(Worlds.Select(world => world.Settings)).Distinct()];

    /// <summary>Those that were recorded with these settings.</summary>
    public VectorSuite With(DataPlaneSettings settings) => this with
    {
        Vectors = [.. Vectors.Where(vector => vector.Settings == settings)],
        Worlds = [.. Worlds.Where(world => world.Settings == settings)],
    };

    /// <exception cref="VectorException">The file is not there, cannot be read, or is not one; the message names the element.</exception>
    public static VectorSuite Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(Path.GetFileName(path), file);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new VectorException($"{path}: {trouble.Message}", trouble);
        }
    }

    /// <summary>Reads a suite from a stream that can seek.</summary>
    /// <param name="name">How errors name it.</param>
    /// <exception cref="VectorException">It is not one; the message names the element.</exception>
    public static VectorSuite Read(string name, Stream stream)
    {
        byte[] json = Contents(name, stream);
        try
        {
            JsonDocumentOptions options = new() { MaxDepth = 32, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(json, options);
            return Parse(name, Element.Root(name, document.RootElement));
        }
        catch (JsonException trouble)
        {
            throw new VectorException($"{name}: line {trouble.LineNumber + 1}: not JSON: {trouble.Message}", trouble);
        }
    }

    private static VectorSuite Parse(string name, Element root)
    {
        if (root.Kind == JsonValueKind.Object)
        {
            return root.Optional("program") is not null
                ? new VectorSuite(name, [VectorParser.Vector(root)], [])
                : new VectorSuite(name, [], [VectorParser.World(root, root.Optional("name")?.Text() ?? "")]);
        }
        List<Vector> vectors = [];
        List<ChainWorld> worlds = [];
        foreach (Element item in root.Items())
        {
            if (item.Optional("world") is not null)
            {
                worlds.Add(VectorParser.World(item, item.Required("name").Text()));
            }
            else
            {
                vectors.Add(VectorParser.Vector(item));
            }
        }
        return new VectorSuite(name, [.. vectors], [.. worlds]);
    }

    private static byte[] Contents(string name, Stream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        bool compressed = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic[0] == 0x1F && magic[1] == 0x8B;
        stream.Position = 0;
        using MemoryStream contents = new();
        try
        {
            using Stream plain = compressed ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream;
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = plain.Read(buffer)) > 0;)
            {
                if (contents.Length + read > MostBytes)
                {
                    throw new VectorException($"{name}: more than {MostBytes >> 20} MiB of JSON");
                }
                contents.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException trouble)
        {
            throw new VectorException($"{name}: damaged gzip: {trouble.Message}", trouble);
        }
        return contents.ToArray();
    }
}
