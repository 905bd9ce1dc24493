using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Harness.Running;

/// <summary>A script that cannot be built, or fails; the message is for who wrote it.</summary>
public sealed class ScriptException(string message) : Exception(message);

/// <summary>
/// Runs C# scripts: one file, built by the SDK as a file-based app, then run in this process, so that what it hands over is of the types the lab itself has. A script is its user's
/// program: it runs with this process's rights.
/// </summary>
public static partial class ScriptHost
{
    private const int ErrorsShown = 10;
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <param name="file">A .cs file.</param>
    /// <returns>What the script gave, in order; at least one document.</returns>
    /// <exception cref="ScriptException">It does not compile, throws, or gives nothing.</exception>
    /// <exception cref="HarnessException">There is no SDK here.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. A script that does not end stays on a thread of its own, which ends with the process.</exception>
    public static async Task<ImmutableArray<ScriptDocument>> RunAsync(string file, CancellationToken cancel)
    {
        Assembly script = Load(await BuildAsync(file, cancel).ConfigureAwait(false));
        MethodInfo entry = script.EntryPoint ?? throw new ScriptException($"{file}: no program: statements at its top make one");
        ImmutableArray<ScriptDocument> given = await ApartAsync(() => ScriptSession.Collect(file, () => Invoke(file, entry))).WaitAsync(cancel).ConfigureAwait(false);
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
            return $"{file}: the SDK could not build it: {(said.Length > 0 ? string.Join('\n', said.Take(ErrorsShown)) : output.Trim())}";
        }
        bool strange = errors.Any(e => e.Contains("CS0246", StringComparison.Ordinal)) && !File.ReadAllText(file).Contains("#:project", StringComparison.Ordinal);
        return string.Join('\n', errors.Take(ErrorsShown))
            + (errors.Length > ErrorsShown ? $"\nand {errors.Length - ErrorsShown} more errors" : "")
            + (strange ? "\n(a script names the lab's types by a line '#:project PATH/scenarios/MizarLab.Scenarios.csproj')" : "");
    }

    /// <summary>The script's own dependencies come from beside it; what the lab has too is the lab's, or its types would be others.</summary>
    private static Assembly Load(string path)
    {
        AssemblyDependencyResolver beside = new(path);
        AssemblyLoadContext context = new(Path.GetFileNameWithoutExtension(path));
        context.Resolving += (own, name) =>
            beside.ResolveAssemblyToPath(name) is { } found ? own.LoadFromAssemblyPath(found) : null;
        return context.LoadFromAssemblyPath(path);
    }

    /// <summary>On a thread that does not keep the process alive: nobody can stop a loop without end from outside.</summary>
    private static Task<T> ApartAsync<T>(Func<T> run)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread apart = new(() =>
        {
            try
            {
                done.SetResult(run());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "script",
        };
        apart.Start();
        return done.Task;
    }

    private static void Invoke(string file, MethodInfo entry)
    {
        // What a script prints is for who watches it; standard output is the lab's.
        TextWriter output = Console.Out;
        Console.SetOut(Console.Error);
        try
        {
            object? ended = entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            if (ended is Task running)
            {
                running.GetAwaiter().GetResult();
            }
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is { } cause)
        {
            throw new ScriptException($"{PlaceOf(file, cause)}: {cause.Message.Split(" (Parameter", 2)[0]}");
        }
        finally
        {
            Console.SetOut(output);
        }
    }

    /// <summary>The innermost line of the script that led to an exception.</summary>
    private static string PlaceOf(string file, Exception cause) =>
        new StackTrace(cause, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileName() == Path.GetFullPath(file)) is { } frame
            ? $"{file}:{frame.GetFileLineNumber()}:{frame.GetFileColumnNumber()}"
            : file;

    [GeneratedRegex(@"^(?<file>[^\n(]+)\((?<line>\d+),(?<column>\d+)\): error (?<text>[^\n]*?)( \[[^\]\n]*\])?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CompilerError();
}
