using System.Diagnostics;
using System.Text.Json;

namespace MizarLab.Tests.Cli;

/// <summary>The built command as a user starts it: a process of its own, its output in pipes.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Beside the tests, as the build put it; the checkout is above it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "mizarlab.dll");

    /// <summary>It only ends what hangs: the longest of these takes some seconds, and a machine may be forty times as busy as it has processors.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Standard output as the one JSON object it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CommandRun> OfAsync(params string[] arguments) => EndAsync(Start(arguments));

    public static Task<CommandRun> OfAsync(string folder, (string Name, string Value)[] environment, params string[] arguments) =>
        EndAsync(Start(arguments, folder, environment));

    public static Process Start(string[] arguments, string? folder = null, (string Name, string Value)[]? environment = null, string? program = null)
    {
        // A runner in the background has SIGINT ignored, and so would its children; env becomes the command, its process id stays.
        ProcessStartInfo start = new("env")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        start.ArgumentList.Add("--default-signal=INT,TERM,HUP");
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(program ?? Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        // The test runner's own settings are not the user's.
        start.Environment.Remove("DOTNET_STARTUP_HOOKS");
        start.Environment.Remove("MIZARLAB_DEBUG");
        foreach ((string name, string value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    /// <summary>Waits for its end; one that does not come is killed and fails the test.</summary>
    public static async Task<CommandRun> EndAsync(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource timeout = new(Limit);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"mizarlab did not end within {Limit}: {await output}{await errors}");
            }
            return new CommandRun(process.ExitCode, await output, await errors);
        }
    }

    /// <summary>Asserts how it ended, and that whatever happened no stack trace reached the user.</summary>
    public CommandRun Ends(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit {ExitCode}, not {exitCode}\n{Output}\n{Errors}");
        Assert.DoesNotContain("   at ", Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Output, StringComparison.Ordinal);
        return this;
    }
}
