using MizarLab.Scenarios.Experiments;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios;

/// <summary>
/// Reads experiment files (docs/experiments.md). An experiment is the scenario language's settings, a study with its parameters, and a sweep: a point is the file with the
/// axes' values put into the YAML tree, read by the ordinary key tables, so that types, limits and the places of errors are those of the keys. Every point is read, and every
/// claim and formula checked, before anything can run.
/// </summary>
/// <example><c>ExperimentLoader.Load("paths.yaml", bytes, quick: true).Grid.Count</c> points will be run.</example>
public static class ExperimentLoader
{
    /// <param name="fileName">What errors call it; nothing is opened.</param>
    /// <param name="quick">The smaller form, that of the file's <c>quick</c>.</param>
    /// <param name="inputs">The files it may name; null: none. Asked again whenever a point is made, so it lives as long as the experiment.</param>
    /// <exception cref="ScenarioException">The file is wrong: everything that is, each once. No other exception leaves, whatever the text.</exception>
    public static Experiment Load(string fileName, ReadOnlySpan<byte> utf8, bool quick = false, IInputFiles? inputs = null)
    {
        Diagnostics diagnostics = new(fileName);
        return Load(diagnostics, YamlText.Decode(utf8, diagnostics), quick, inputs);
    }

    /// <inheritdoc cref="Load(string, ReadOnlySpan{byte}, bool, IInputFiles)"/>
    public static Experiment Load(string fileName, string yaml, bool quick = false, IInputFiles? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return Load(new Diagnostics(fileName), yaml, quick, inputs);
    }

    /// <summary>Whether a file says that it is an experiment; false of a scenario, and of what cannot be read at all.</summary>
    public static bool IsExperiment(string fileName, ReadOnlySpan<byte> utf8)
    {
        Diagnostics unheard = new(fileName);
        return YamlText.Decode(utf8, unheard) is { } yaml && YamlComposer.Compose(yaml, unheard) is { } root && FileKind.IsExperiment(root);
    }

    /// <summary>Reads the experiment of a tree that no file was read for.</summary>
    internal static Experiment Load(string fileName, YamlNode root, bool quick, IInputFiles? inputs) => Load(new Diagnostics(fileName), root, quick, inputs);

    private static Experiment Load(Diagnostics diagnostics, string? yaml, bool quick, IInputFiles? inputs) =>
        Load(diagnostics, yaml is null ? null : YamlComposer.Compose(yaml, diagnostics), quick, inputs);

    private static Experiment Load(Diagnostics diagnostics, YamlNode? root, bool quick, IInputFiles? inputs)
    {
        Experiment? experiment = root is null ? null : new ExperimentReader(root, quick, inputs ?? NoInputs.Instance, diagnostics).Read();
        diagnostics.ThrowIfAny();
        return experiment ?? throw new InvalidOperationException("nothing was read and nothing was wrong");
    }
}
