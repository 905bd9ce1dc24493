using System.Text;
using MizarLab.Cli.Commands;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Running;
using MizarLab.Scenarios;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Cli;

/// <summary>C# scripts where the command line names files.</summary>
internal static class Scripts
{
    public static bool IsScript(string file) => Path.GetExtension(file) == ".cs";

    /// <summary>Builds and runs a script.</summary>
    /// <returns>What it gave, with the same as YAML: what a run keeps.</returns>
    /// <exception cref="UserError">It does not compile, throws, dies, or gives nothing.</exception>
    public static IReadOnlyList<(ScriptDocument Document, byte[] Text)> Run(string file, CancellationToken cancel)
    {
        try
        {
            return [.. ScriptHost.RunAsync(file, ScriptTaskCommand.Start, cancel).GetAwaiter().GetResult().Select(document => (document, Encoding.UTF8.GetBytes(document.ToYaml())))];
        }
        catch (ScriptException wrong)
        {
            throw new UserError(wrong.Message);
        }
    }

    /// <summary>Reads all that a script gives, scenarios and experiments.</summary>
    /// <exception cref="UserError">It does not compile, throws, dies, or gives nothing.</exception>
    /// <exception cref="ScenarioException">What it gives is wrong.</exception>
    public static void Check(string file, CancellationToken cancel)
    {
        foreach ((ScriptDocument document, _) in Run(file, cancel))
        {
            if (document.IsExperiment)
            {
                document.LoadExperiment(quick: false, InputFiles.Beside(file));
            }
            else
            {
                document.Load(inputs: InputFiles.Beside(file));
            }
        }
    }
}
