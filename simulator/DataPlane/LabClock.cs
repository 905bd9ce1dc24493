using MizarLab.Engine;

namespace MizarLab.DataPlane;

/// <summary>
/// The data plane's clock: ticks of 2^20 ns (1.05 ms, a shift and no division) in 32 bits, which wrap after 52 days, so that ages are differences. A
/// simulated run's time on <c>model</c> and <c>bpf</c>, the kernel's coarse monotonic clock on live backends (<c>bpf/clock.h</c>).
/// </summary>
public static class LabClock
{
    private const int TickShift = 20;
    private const long PicosecondsANanosecond = 1_000;

    /// <summary>The tick a time falls into.</summary>
    public static uint Ticks(SimTime time) => unchecked((uint)((time.Picoseconds / PicosecondsANanosecond) >> TickShift));

    /// <summary>A time in whole nanoseconds, rounded down.</summary>
    public static ulong Nanoseconds(SimTime time) => (ulong)(time.Picoseconds / PicosecondsANanosecond);

    /// <summary>How long ago <paramref name="seen"/> was, in ticks.</summary>
    public static uint Age(uint now, uint seen) => unchecked(now - seen);
}
