using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Experiments;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>One line on a terminal's standard error, rewritten as runs end: how many, how fast, how long still. Nothing where standard error is no terminal.</summary>
/// <param name="next">Takes the runs too, and before.</param>
internal sealed class SimulateProgress(string title, RunBag bag, IRunSink? next) : IRunSink, IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly long began = Stopwatch.GetTimestamp();
    private readonly int before = bag.Made;
    private TimeSpan shown = -Between;

    public void Ended(RunOutcome outcome, TimeSpan elapsed)
    {
        next?.Ended(outcome, elapsed);
        TimeSpan now = Stopwatch.GetElapsedTime(began);
        if (StatusLine.IsShown && now - shown >= Between)
        {
            shown = now;
            StatusLine.Show(title, State(bag.Made + 1, bag.Asked, bag.Made + 1 - before, now));
        }
    }

    public void Dispose() => StatusLine.Clear();

    /// <summary>A line of its own on standard error, whatever the progress line shows.</summary>
    public static void Warn(string text)
    {
        StatusLine.Clear();
        Console.Error.WriteLine(Printable.Of($"mizarlab: {text}"));
    }

    /// <summary><c>: 120 of 210 runs, 35 a second, 3 s left</c>.</summary>
    /// <param name="fresh">Runs of this command among those made; only they tell the rate.</param>
    public static string State(int made, int asked, int fresh, TimeSpan elapsed)
    {
        double rate = fresh / Math.Max(elapsed.TotalSeconds, 1e-3);
        TimeSpan left = TimeSpan.FromSeconds(Math.Min((asked - made) / Math.Max(rate, 1e-6), 1e7));
        string time = left switch
        {
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} h {left.Minutes} min"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{left.Minutes} min {left.Seconds} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{left.Seconds} s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $": {made} of {asked} runs, {rate:0.#} a second, {time} left");
    }
}
