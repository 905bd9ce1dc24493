using MizarLab.Harness.Inputs;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>The scenarios the lab comes with.</summary>
internal static class Library
{
    private static readonly string Folder = Path.Combine(Repository.Root, "scenarios", "library");

    /// <summary>Paths under scenarios/library, in order.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];

    public static IEnumerable<object[]> Rows => Files.Select(f => new object[] { f });

    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public static string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>A file's scenarios: one a variant.</summary>
    public static IReadOnlyList<Scenario> LoadAll(string file) => ScenarioLoader.LoadAll(file, Text(file), inputs: InputFiles.Beside(PathOf(file)));

    public static Scenario Load(string file) => ScenarioLoader.Load(file, Text(file), inputs: InputFiles.Beside(PathOf(file)));
}
