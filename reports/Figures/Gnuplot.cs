using System.ComponentModel;
using System.Diagnostics;

namespace MizarLab.Reports;

/// <summary>What came of asking for a figure: its SVG, or why there is none.</summary>
public readonly record struct FigureResult(string? Svg, string Missing);

/// <summary>gnuplot as a separate process: a figure is a script and its data, both kept, so that a paper can restyle it.</summary>
public sealed class Gnuplot(string program = "gnuplot")
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim processors = new(Environment.ProcessorCount);

    /// <summary>Runs a script in its own folder; the script names the SVG it writes.</summary>
    public async Task<FigureResult> DrawAsync(string script, string svg)
    {
        await processors.WaitAsync();
        try
        {
            return await RunAsync(script, svg);
        }
        finally
        {
            processors.Release();
        }
    }

    private async Task<FigureResult> RunAsync(string script, string svg)
    {
        ProcessStartInfo start = new(program)
        {
            WorkingDirectory = Path.GetDirectoryName(script)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.GetFileName(script));
        // Neither a user's ~/.gnuplot nor GNUTERM may change what a report looks like.
        start.ArgumentList.Insert(0, "--default-settings");
        start.Environment.Remove("GNUTERM");
        File.Delete(svg);
        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenSource patience = new(Limit);
            try
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
                string error = await process.StandardError.ReadToEndAsync(patience.Token);
                await output;
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0 && File.Exists(svg)
                    ? new FigureResult(await File.ReadAllTextAsync(svg, patience.Token), "")
                    : new FigureResult(null, $"gnuplot ended with {process.ExitCode}: {error.Trim()}");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new FigureResult(null, $"gnuplot did not end within {Limit.TotalSeconds:0} s");
            }
        }
        catch (Win32Exception absent)
        {
            return new FigureResult(null, $"gnuplot could not be started ({absent.Message}); Debian has it as gnuplot-nox");
        }
    }
}
