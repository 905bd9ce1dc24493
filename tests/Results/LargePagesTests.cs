using System.Runtime.InteropServices;
using MizarLab.Harness.Running;

namespace MizarLab.Tests.Results;

public sealed class LargePagesTests
{
    private const int Bytes = 24 << 20, Small = 4 << 10;

    /// <summary>Taken page by page, as the garbage collector does; afterwards it lies in large ones, and holds what it held.</summary>
    [Fact]
    public unsafe void What_is_held_is_laid_into_large_pages_and_stays_what_it_was()
    {
        byte* held = (byte*)NativeMemory.Alloc(Bytes);
        try
        {
            for (int at = 0; at < Bytes; at += Small)
            {
                held[at] = (byte)(at >> 12);
            }
            long gathered = LargePages.Gather();
            for (int at = 0; at < Bytes; at += Small)
            {
                Assert.Equal((byte)(at >> 12), held[at]);
            }
            if (Environment.OSVersion.Version < new Version(6, 1))
            {
                Assert.Equal(0, gathered);
                return;
            }
            Assert.True(gathered >= Bytes / 2, $"only {gathered} bytes were gathered");
            Assert.True(LargeBytes() >= Bytes / 2, $"only {LargeBytes()} bytes lie in large pages");
        }
        finally
        {
            NativeMemory.Free(held);
        }
    }

    private static long LargeBytes()
    {
        const string key = "AnonHugePages:";
        string line = File.ReadLines("/proc/self/smaps_rollup").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..^2].Trim(), System.Globalization.CultureInfo.InvariantCulture) << 10;
    }
}
