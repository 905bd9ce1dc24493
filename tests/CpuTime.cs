using System.Runtime.InteropServices;

namespace MizarLab.Tests;

/// <summary>What a thread has computed: the same on a busy machine, where a wall clock says who else was there.</summary>
internal static partial class CpuTime
{
    private const int OfThread = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>The calling thread's, since it began.</summary>
    public static TimeSpan OfThisThread()
    {
        Assert.Equal(0, ClockGetTime(OfThread, out Timespec time));
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
