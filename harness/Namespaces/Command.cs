using System.Diagnostics;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>Runs a program by its argument list; nothing passes through a shell.</summary>
public static class Command
{
    /// <summary>What a program said and how it ended.</summary>
    public readonly record struct Answer(int ExitCode, string Output, string Errors);

    /// <summary>Runs to the end; the exit code is the caller's to judge.</summary>
    /// <exception cref="HarnessException">The program is not installed, or took longer than <paramref name="limit"/> (it is then killed).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program is killed.</exception>
    public static async Task<Answer> RunAsync(
        string program, IEnumerable<string> arguments, string? input, TimeSpan limit, CancellationToken cancel)
    {
        using Process process = Start(program, arguments);
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token).ConfigureAwait(false);
            }
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            return new Answer(process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            Kill(process);
            cancel.ThrowIfCancellationRequested();
            throw error is IOException
                ? new HarnessException($"'{program}' closed its input early", error)
                : new HarnessException($"'{program}' did not end within {limit.TotalSeconds:0.#} s", error);
        }
    }

    /// <summary>Runs to the end and insists on exit code 0.</summary>
    /// <exception cref="HarnessException">As above, or it failed; the message has what it said.</exception>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, string? input, CancellationToken cancel)
    {
        string[] list = [.. arguments];
        Answer answer = await RunAsync(program, list, input, TimeSpan.FromSeconds(20), cancel).ConfigureAwait(false);
        return answer.ExitCode == 0
            ? answer.Output
            : throw new HarnessException($"'{program} {string.Join(' ', list)}' failed: {answer.Errors.Trim()}");
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        // Programs are read by their numbers and keywords; no locale may change those.
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start) ?? throw new HarnessException($"'{program}' did not start");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new HarnessException($"'{program}' cannot be started: {error.Message} (is its package installed?)", error);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }
}
