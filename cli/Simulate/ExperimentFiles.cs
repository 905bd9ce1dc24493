using System.Collections.Immutable;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Inputs;
using MizarLab.Scenarios;
using MizarLab.Scenarios.Scripts;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>An experiment with the bytes it was read from.</summary>
/// <param name="Inputs">Files that it names.</param>
internal sealed record LoadedExperiment(Experiment Experiment, string File, ReadOnlyMemory<byte> Text, ImmutableArray<InputFile> Inputs);

/// <summary>Finds and reads the experiment files a user named, as <see cref="ScenarioFiles"/> does scenarios.</summary>
internal static class ExperimentFiles
{
    /// <summary>All of them, so that a mistake in the last is told before the first has run.</summary>
    /// <exception cref="UserError">A path names nothing, or a file cannot be read.</exception>
    /// <exception cref="ScenarioException">Files are no experiments: what is wrong with all of them.</exception>
    public static IReadOnlyList<LoadedExperiment> LoadAll(IEnumerable<string> arguments, bool quick, CancellationToken cancel)
    {
        List<LoadedExperiment> all = [];
        List<ScenarioError> errors = [];
        foreach (string file in ScenarioFiles.Find(arguments))
        {
            try
            {
                all.AddRange(Scripts.IsScript(file)
                    ? Scripts.Run(file, cancel).Select(given => Computed(given.Document, given.Text, file, quick))
                    : [Load(file, file, quick, InputFiles.Beside(file))]);
            }
            catch (ScenarioException wrong)
            {
                errors.AddRange(wrong.Errors);
            }
        }
        return errors.Count > 0 ? throw new ScenarioException([.. errors]) : all;
    }

    /// <summary>A run's experiment from its folder, with the files it named as it keeps them.</summary>
    /// <param name="name">What errors and the run call it.</param>
    /// <exception cref="UserError">The file cannot be read.</exception>
    /// <exception cref="ScenarioException">It is no valid experiment.</exception>
    public static LoadedExperiment LoadKept(string run, string name, bool quick) => Load(Path.Combine(run, ExperimentFacts.Copy), name, quick, KeptInputs.Of(run, ExperimentFacts.Copy));

    private static LoadedExperiment Load(string file, string name, bool quick, InputFiles inputs)
    {
        byte[] text = ScenarioFiles.ReadBytes(file);
        return new LoadedExperiment(ExperimentLoader.Load(name, text, quick, inputs), name, text, inputs.Used);
    }

    private static LoadedExperiment Computed(ScriptDocument document, byte[] text, string file, bool quick)
    {
        InputFiles inputs = InputFiles.Beside(file);
        return new LoadedExperiment(document.LoadExperiment(quick, inputs), file, text, inputs.Used);
    }
}
