using System.Globalization;

namespace MizarLab.Harness.Bench;

/// <summary>The highest resident memory of this process since <see cref="Restart"/> or <see cref="Mark"/>, by the kernel's own mark.</summary>
internal static class PeakMemory
{
    /// <summary>Gives back what no longer lives, and sets the mark to what is resident now.</summary>
    public static void Restart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Mark();
    }

    /// <summary>Sets the mark to what is resident now.</summary>
    public static void Mark()
    {
        const string resetPeak = "5";
        File.WriteAllText("/proc/self/clear_refs", resetPeak);
    }

    public static double Megabytes
    {
        get
        {
            const string key = "VmHWM:";
            string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
            return double.Parse(line[key.Length..^2].Trim(), CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
    }
}
