using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Capture;

/// <summary>
/// One time line for what programs stamp with CLOCK_MONOTONIC and taps with CLOCK_REALTIME. Zero is when <see cref="Begin"/> was called.
/// </summary>
internal readonly record struct KernelClock(long MonotonicZero, long RealtimeZero)
{
    /// <summary>Reads of the pair; the tightest counts.</summary>
    private const int Attempts = 32;

    /// <summary>Both clocks are slewed alike; further apart they come only when somebody sets the wall clock.</summary>
    private const long SteadyNanoseconds = 1_000_000;

    public static KernelClock Begin() => Read();

    /// <exception cref="HarnessException">The wall clock was set since <see cref="Begin"/>: taps and programs are no longer on one time line.</exception>
    public void RequireSteady()
    {
        KernelClock now = Read();
        long shift = now.RealtimeZero - now.MonotonicZero - (RealtimeZero - MonotonicZero);
        if (Math.Abs(shift) > SteadyNanoseconds)
        {
            throw new HarnessException($"the machine's clock was set by {shift / 1e6:0.###} ms during the run; run it again");
        }
    }

    private static KernelClock Read()
    {
        long tightest = long.MaxValue, monotonic = 0, realtime = 0;
        for (int i = 0; i < Attempts; i++)
        {
            long before = LibC.Nanoseconds(LibC.ClockMonotonic);
            long between = LibC.Nanoseconds(LibC.ClockRealtime);
            long after = LibC.Nanoseconds(LibC.ClockMonotonic);
            if (after - before < tightest)
            {
                (tightest, monotonic, realtime) = (after - before, before + ((after - before) / 2), between);
            }
        }
        return new KernelClock(monotonic, realtime);
    }

    /// <summary>Time since zero now.</summary>
    public SimTime Now => FromMonotonic(LibC.Nanoseconds(LibC.ClockMonotonic));

    public SimTime FromMonotonic(long nanoseconds) => SimTime.FromNanoseconds(nanoseconds - MonotonicZero);

    public SimTime FromRealtime(long nanoseconds) => SimTime.FromNanoseconds(nanoseconds - RealtimeZero);
}
