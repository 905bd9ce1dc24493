using System.Collections.Immutable;
using System.Reflection;
using MizarLab.Workload.Sampling;

namespace MizarLab.Scenarios;

/// <summary>
/// Named distributions of flow sizes, a JSON file each in <c>flow-sizes/</c> (form: <see cref="CdfFile"/>). Adding one is adding its file.
/// </summary>
public static class FlowSizes
{
    private const string Folder = "flow-sizes/";

    /// <summary>Of those that come with the lab, in order.</summary>
    public static ImmutableArray<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => name[Folder.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>One of those that come with the lab.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static CdfFile Named(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name) ?? throw new ArgumentException($"there are no flow sizes '{name}'", nameof(name));
        using StreamReader reader = new(stream);
        return CdfFile.Parse(reader.ReadToEnd());
    }

    /// <param name="path">Of a file in this form, ours or somebody's own.</param>
    /// <exception cref="CdfFormatException">It cannot be read, or is no distribution; the message begins with the path.</exception>
    public static CdfFile Load(string path)
    {
        try
        {
            return CdfFile.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is CdfFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CdfFormatException($"{path}: {e.Message}");
        }
    }
}
