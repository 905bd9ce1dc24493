using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Observation;

namespace MizarLab.Cli;

/// <summary>A run as its folder keeps it.</summary>
/// <param name="Scenarios">The files it ran, in order of name.</param>
internal sealed record KeptRun(string Folder, Manifest Manifest, IReadOnlyList<string> Scenarios)
{
    /// <param name="named">A folder, or a run's id.</param>
    /// <param name="root">Where runs of an id are.</param>
    /// <exception cref="UserError">There is no such run, or its folder is not whole.</exception>
    public static KeptRun Open(string named, string root)
    {
        string folder = Find(named, root);
        string scenarios = Path.Combine(folder, "scenarios");
        try
        {
            using FileStream manifest = File.OpenRead(Path.Combine(folder, ManifestFile.Name));
            string[] files = Directory.Exists(scenarios) ? Directory.GetFiles(scenarios) : [];
            Array.Sort(files, StringComparer.Ordinal);
            return new KeptRun(folder, ManifestFile.Read(manifest), files);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or HarnessException)
        {
            throw new UserError(trouble is FileNotFoundException ? $"{folder}: holds no run: it has no {ManifestFile.Name}" : UserFile.Told(folder, trouble));
        }
    }

    /// <summary>The folder of a run.</summary>
    /// <exception cref="UserError">There is no such run.</exception>
    public static string Find(string named, string root) =>
        Directory.Exists(named) ? named
        : RunFolder.IsId(named) && Path.Combine(root, named) is var inside && Directory.Exists(inside) ? inside
        : throw new UserError($"'{named}' is no run: neither a folder nor an id in {root}/");
}
