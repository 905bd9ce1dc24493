using MizarLab.Scenarios;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>An experiment with the bytes it was read from.</summary>
internal sealed record LoadedExperiment(Experiment Experiment, string File, ReadOnlyMemory<byte> Text);

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
                    ? Scripts.Run(file, cancel).Select(given => new LoadedExperiment(given.Document.LoadExperiment(quick), file, given.Text))
                    : [Load(file, file, quick)]);
            }
            catch (ScenarioException wrong)
            {
                errors.AddRange(wrong.Errors);
            }
        }
        return errors.Count > 0 ? throw new ScenarioException([.. errors]) : all;
    }

    /// <param name="name">What errors and the run call it.</param>
    /// <exception cref="UserError">The file cannot be read.</exception>
    /// <exception cref="ScenarioException">It is no valid experiment.</exception>
    public static LoadedExperiment Load(string file, string name, bool quick)
    {
        byte[] text = ScenarioFiles.ReadBytes(file);
        return new LoadedExperiment(ExperimentLoader.Load(name, text, quick), name, text);
    }
}
