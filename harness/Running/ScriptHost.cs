using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Harness.Running;

/// <summary>A script that cannot be built, or fails; the message is for who wrote it.</summary>
public sealed class ScriptException(string message) : Exception(message);

/// <summary>
/// Runs C# scripts: one file, built by the SDK as a file-based app, then run in a process of its own (<see cref="ScriptTask"/>), which a script may loop in without end, overflow the stack of, or
/// leave, and the lab can tell what became of it. A script is its user's program: it runs with this process's rights.
/// </summary>
public static partial class ScriptHost
{
    private const int ErrorsShown = 10;
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <param name="file">A .cs file.</param>
    /// <param name="taskCommand">The program that calls <see cref="ScriptTask"/>, and its first arguments; the built script and its file follow.</param>
    /// <returns>What the script gave, in order; at least one document.</returns>
    /// <exception cref="ScriptException">It does not compile, throws, dies, or gives nothing.</exception>
    /// <exception cref="HarnessException">There is no SDK here, or it cannot work here.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the script's process is gone.</exception>
    public static async Task<ImmutableArray<ScriptDocument>> RunAsync(string file, ImmutableArray<string> taskCommand, CancellationToken cancel)
    {
        string built = await BuildAsync(file, cancel).ConfigureAwait(false);
        ImmutableArray<ScriptDocument> given = await ScriptProcess.RunAsync(file, [.. taskCommand, built, file], cancel).ConfigureAwait(false);
        return given.IsEmpty ? throw new ScriptException($"{file}: handed nothing over (a document is handed over by its Give())") : given;
    }

    private static async Task<string> BuildAsync(string file, CancellationToken cancel)
    {
        // The SDK makes native programs of files by default, and this one is loaded; nor may a compiler stay behind as a server.
        string[] arguments = ["build", Path.GetFullPath(file), "-c", "Release", "--nologo", "-v", "quiet", "-p:PublishAot=false", "-p:UseSharedCompilation=false", "-t:Build", "-getProperty:TargetPath"];
        Command.Answer built = await Command.RunAsync("dotnet", arguments, null, BuildLimit, cancel).ConfigureAwait(false);
        return built.ExitCode == 0 ? built.Output.Trim() : throw new ScriptException(ErrorsOf(file, built.Output + built.Errors));
    }

    private static string ErrorsOf(string file, string output)
    {
        string[] errors = [.. CompilerError().Matches(output)
            .Select(m => $"{(m.Groups["file"].Value == Path.GetFullPath(file) ? file : m.Groups["file"].Value)}:{m.Groups["line"]}:{m.Groups["column"]}: {m.Groups["text"]}").Distinct()];
        if (errors.Length == 0)
        {
            string[] said = [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct()];
            if (output.Contains("DOTNET_CLI_HOME", StringComparison.Ordinal))
            {
                throw new HarnessException($"{file}: the SDK needs a home folder to build scripts (set HOME to a folder you may write)");
            }
            return $"{file}: the SDK could not build it: {(said.Length > 0 ? string.Join('\n', said.Take(ErrorsShown)) : output.Trim())}";
        }
        if (errors.FirstOrDefault(e => e.Contains("is denied", StringComparison.Ordinal)) is { } denied)
        {
            throw new HarnessException($"{file}: the SDK may not write beside the lab's own projects, of which scripts are built (run as the owner of the checkout, or in a clone of your own): {denied.Split(": ")[^1]}");
        }
        bool strange = errors.Any(e => e.Contains("CS0246", StringComparison.Ordinal)) && !File.ReadAllText(file).Contains("#:project", StringComparison.Ordinal);
        return string.Join('\n', errors.Take(ErrorsShown))
            + (errors.Length > ErrorsShown ? $"\nand {errors.Length - ErrorsShown} more errors" : "")
            + (strange ? "\n(a script names the lab's types by a line '#:project PATH/scenarios/MizarLab.Scenarios.csproj')" : "");
    }

    [GeneratedRegex(@"^(?<file>[^\n(]+)\((?<line>\d+),(?<column>\d+)\): error (?<text>[^\n]*?)( \[[^\]\n]*\])?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CompilerError();
}
