using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Harness.Bench;

/// <summary>The clock timed programs read: the kernel's monotonic one. Rows with a time are written with its, or they would be stale.</summary>
internal static class BenchClock
{
    public static SimTime Now => SimTime.FromNanoseconds((long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));

    /// <summary>An entry that a frame renewed a second ago.</summary>
    public static CachedHost Seen(HostAddress host, Dialect dialect) =>
        new(host) { Seen = dialect == Dialect.Lab ? LabClock.Ticks(Now - SimTime.FromSeconds(1)) : 0 };
}
