using System.Text;
using MizarLab.Harness.Running;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Cli;

/// <summary>C# scripts where the command line names files.</summary>
internal static class Scripts
{
    public static bool IsScript(string file) => Path.GetExtension(file) == ".cs";

    /// <summary>Builds and runs a script.</summary>
    /// <returns>What it gave, with the same as YAML: what a run keeps.</returns>
    /// <exception cref="UserError">It does not compile, throws, or gives nothing.</exception>
    public static IReadOnlyList<(ScriptDocument Document, byte[] Text)> Run(string file, CancellationToken cancel)
    {
        try
        {
            return [.. ScriptHost.RunAsync(file, cancel).GetAwaiter().GetResult().Select(document => (document, Encoding.UTF8.GetBytes(document.ToYaml())))];
        }
        catch (ScriptException wrong)
        {
            throw new UserError(wrong.Message);
        }
    }
}
