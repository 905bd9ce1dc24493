using MizarLab.Engine;
using MizarLab.Harness.Capture;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>Waiting on the run's own clock.</summary>
internal static class Pause
{
    /// <summary>Returns at <paramref name="time"/> or, when that has passed, at once.</summary>
    public static async Task UntilAsync(KernelClock clock, SimTime time, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        while (clock.Now < time)
        {
            // A timer may ring a little early, hence the loop; and it counts whole milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((time - clock.Now).ToTimeSpan().TotalMilliseconds))), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The same, on a thread that does nothing else.</summary>
    public static void Until(KernelClock clock, SimTime time, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        while (clock.Now < time)
        {
            cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((time - clock.Now).ToTimeSpan().TotalMilliseconds))));
            cancel.ThrowIfCancellationRequested();
        }
    }
}
