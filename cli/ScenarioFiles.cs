using System.Collections.Immutable;
using MizarLab.Harness.Inputs;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Cli;

/// <summary>A scenario with the bytes it was read from: what its run keeps is what was run, whatever becomes of the file.</summary>
/// <param name="Text">YAML; what a script computed, not the script.</param>
/// <param name="Inputs">Files that it names.</param>
internal sealed record LoadedScenario(Scenario Scenario, ReadOnlyMemory<byte> Text, ImmutableArray<InputFile> Inputs);

/// <summary>
/// Finds and reads the scenario files a user named: a file is itself, a folder is its own *.yaml files in order of name, and a .cs file is what it computes.
/// </summary>
internal static class ScenarioFiles
{
    /// <exception cref="UserError">A path names nothing, or a file cannot be read.</exception>
    /// <exception cref="ScenarioException">A file is no valid scenario.</exception>
    public static IReadOnlyList<LoadedScenario> LoadAll(IEnumerable<string> arguments, LoadOptions options, CancellationToken cancel = default) =>
        [.. Find(arguments).SelectMany(file => ReadAll(file, options, cancel))];

    /// <exception cref="UserError">A path names nothing, or a folder without scenarios.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> arguments)
    {
        List<string> files = [];
        foreach (string argument in arguments)
        {
            if (Directory.Exists(argument))
            {
                string[] inside = FilesIn(argument);
                if (inside.Length == 0)
                {
                    throw new UserError($"{argument}: no *.yaml in this folder");
                }
                Array.Sort(inside, StringComparer.Ordinal);
                files.AddRange(inside);
            }
            else if (File.Exists(argument))
            {
                files.Add(argument);
            }
            else
            {
                throw new UserError($"{argument}: no such file or folder (mizarlab list shows those of the lab)");
            }
        }
        return files;
    }

    /// <exception cref="UserError">The file cannot be read.</exception>
    /// <exception cref="ScenarioException">The file is no valid scenario.</exception>
    public static Scenario Load(string file, CancellationToken cancel = default) => ReadAll(file, LoadOptions.None, cancel)[0].Scenario;

    /// <inheritdoc cref="Load(string, CancellationToken)"/>
    public static IReadOnlyList<LoadedScenario> ReadAll(string file, LoadOptions options, CancellationToken cancel = default) =>
        Scripts.IsScript(file) ? ReadScript(file, options, cancel) : ReadYaml(file, options, InputFiles.Beside(file));

    /// <summary>A run's scenarios from its folder, with the files they named as it keeps them.</summary>
    /// <inheritdoc cref="LoadAll"/>
    public static IReadOnlyList<LoadedScenario> ReadKept(KeptRun run, LoadOptions options) =>
        [.. run.Scenarios.SelectMany(file => ReadYaml(file, options, KeptInputs.Of(run.Folder, Path.GetRelativePath(run.Folder, file))))];

    private static IReadOnlyList<LoadedScenario> ReadYaml(string file, LoadOptions options, InputFiles inputs)
    {
        byte[] bytes = ReadBytes(file);
        return [.. ScenarioLoader.LoadAll(file, bytes, options, inputs).Select(scenario => new LoadedScenario(scenario, bytes, inputs.Used))];
    }

    /// <summary>A file of the language's, scenario or experiment.</summary>
    /// <exception cref="UserError">It cannot be read, or is too large to be one.</exception>
    public static byte[] ReadBytes(string file) => UserFile.Read(file, ScenarioLoader.LargestFile);

    private static IReadOnlyList<LoadedScenario> ReadScript(string file, LoadOptions options, CancellationToken cancel) =>
        [.. Scripts.Run(file, cancel).SelectMany(given =>
        {
            InputFiles inputs = InputFiles.Beside(file);
            return given.Document.Load(options, inputs).Select(scenario => new LoadedScenario(scenario, given.Text, inputs.Used));
        })];

    private static string[] FilesIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.yaml");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UserError(UserFile.Told(folder, trouble));
        }
    }
}
