using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Inputs;

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

    /// <summary>Levels a vector's JSON nests at most.</summary>
    private const int Depth = 32;

    /// <exception cref="VectorException">The file is not there, cannot be read, or is not one; the message names line, column and element.</exception>
    public static VectorSuite Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(path, file);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new VectorException($"{path}: {trouble.Message}", trouble);
        }
    }

    /// <summary>Reads a suite from a stream to its end.</summary>
    /// <param name="path">How errors name it; the suite has its last part.</param>
    /// <exception cref="VectorException">It is not one; the message names line, column and element.</exception>
    public static VectorSuite Read(string path, Stream stream)
    {
        try
        {
            using JsonSource source = JsonSource.Parse(path, Contents(path, stream), Depth);
            return Parse(Path.GetFileName(path), Element.Root(source));
        }
        catch (JsonSourceException trouble)
        {
            throw new VectorException(trouble.Message, trouble);
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

    /// <summary>A pipe cannot be wound back, so the bytes that tell gzip are kept.</summary>
    private static byte[] Contents(string name, Stream stream)
    {
        byte[] bytes = ReadAll(name, stream);
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return bytes;
        }
        try
        {
            using GZipStream plain = new(new MemoryStream(bytes), CompressionMode.Decompress);
            return ReadAll(name, plain);
        }
        catch (InvalidDataException trouble)
        {
            throw new VectorException($"{name}: damaged gzip: {trouble.Message}", trouble);
        }
    }

    private static byte[] ReadAll(string name, Stream stream)
    {
        using MemoryStream contents = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (contents.Length + read > MostBytes)
            {
                throw new VectorException($"{name}: more than {MostBytes >> 20} MiB, which no such file has");
            }
            contents.Write(buffer, 0, read);
        }
        return contents.ToArray();
    }
}
