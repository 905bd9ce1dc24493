using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using MizarLab.Harness.Backends;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Harness.Running;

/// <summary>The process of a <see cref="ScriptTask"/>, seen from the lab: what it prints is passed on, what it gave is read, and how it died is told in words.</summary>
internal static partial class ScriptProcess
{
    /// <summary>Beyond it, a shell's count of signals begins.</summary>
    private const int Signalled = 128;

    /// <exception cref="ScriptException">The script is wrong, or ended before its end.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it is gone.</exception>
    public static async Task<ImmutableArray<ScriptDocument>> RunAsync(string file, ImmutableArray<string> command, CancellationToken cancel)
    {
        using Process process = Start(command);
        try
        {
            Task<string> last = PassOnAsync(process.StandardError);
            using MemoryStream answer = new();
            await process.StandardOutput.BaseStream.CopyToAsync(answer, cancel).ConfigureAwait(false);
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return Read(file, answer.ToArray(), process.ExitCode, await last.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static Process Start(ImmutableArray<string> command)
    {
        ProcessStartInfo start = new(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.AsSpan(1..))
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            return Process.Start(start) ?? throw new HarnessException($"'{command[0]}' did not start");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new HarnessException($"'{command[0]}' cannot be started: {error.Message}", error);
        }
    }

    private static ImmutableArray<ScriptDocument> Read(string file, byte[] answer, int exitCode, string last)
    {
        if (exitCode == 0 && answer is [ScriptTask.Refused, .. var words])
        {
            throw new ScriptException(Encoding.UTF8.GetString(words));
        }
        try
        {
            return exitCode == 0 && answer is [ScriptTask.Gave, ..] ? ScriptTransfer.Read(answer.AsMemory(1)) : throw new ScriptException($"{file}: {DeathOf(exitCode, last)}");
        }
        catch (FormatException)
        {
            throw new ScriptException($"{file}: {DeathOf(exitCode, last)}");
        }
    }

    /// <param name="last">What the runtime said last, from its first words on; empty when it said nothing.</param>
    private static string DeathOf(int exitCode, string last) => exitCode switch
    {
        _ when last.StartsWith(Overflow, StringComparison.Ordinal) =>
            $"the stack overflowed: {(Frame().Match(last) is { Success: true } frame ? $"{NameOf(frame.Groups["method"].Value)} calls itself without end" : "a method calls itself without end")}",
        _ when last.Length > 0 => $"ended by a fault: {string.Join(' ', last.Split('\n').TakeWhile(line => !line.StartsWith("   at ", StringComparison.Ordinal)).Select(line => line.Trim())).Trim()}",
        > Signalled => $"was ended by signal {exitCode - Signalled}{(exitCode == Signalled + 9 ? " (for lack of memory?)" : "")}",
        _ => $"left by itself with exit code {exitCode}, so what it gave is not taken (let it run to its end: no Environment.Exit)",
    };

    private const string Overflow = "Stack overflow.";

    private static readonly string[] Deaths = [Overflow, "Unhandled exception.", "Process terminated.", "Out of memory.", "Fatal error."];

    /// <summary>Passes lines on as they come, but for the runtime's last words with their stack trace.</summary>
    /// <returns>Those.</returns>
    private static async Task<string> PassOnAsync(StreamReader errors)
    {
        StringBuilder last = new();
        while (await errors.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (last.Length > 0 || Deaths.Any(death => line.StartsWith(death, StringComparison.Ordinal)))
            {
                last.Append(line).Append('\n');
            }
            else
            {
                await Console.Error.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
        return last.ToString();
    }

    /// <summary>A local function as its author calls it: <c>Program.&lt;&lt;Main&gt;$&gt;g__Down|0_0</c> is <c>Down</c>.</summary>
    private static string NameOf(string method) => LocalFunction().Match(method) is { Success: true } local ? local.Groups["name"].Value : method;

    [GeneratedRegex(@"^   at (?<method>[^\n(]+)\(", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Frame();

    [GeneratedRegex(@"g__(?<name>[^|]+)\|", RegexOptions.ExplicitCapture)]
    private static partial Regex LocalFunction();
}
