using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace MizarLab.Harness.Bench;

/// <summary>
/// What a look into 16 MB of memory costs now, by a chain through all its lines in no order. A processor's third cache holds as much, and answers within some 15 ns; where it is shared and others fill it,
/// memory answers, in some 100 ns. A run whose tables and frames are as large is as fast as these looks, so that a row says little without it.
/// </summary>
internal static class MemoryLook
{
    private const int Bytes = 16 << 20, Line = 64, Lines = Bytes / Line;

    /// <summary>Mean of one look, in nanoseconds; takes some 10 to 50 ms, and gives its memory back.</summary>
    public static unsafe double Nanoseconds()
    {
        // Mapped, and not taken from the allocator, which would keep it: what a run holds is measured beside this.
        using MemoryMappedFile mapped = MemoryMappedFile.CreateNew(null, Bytes);
        using MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, Bytes);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        try
        {
            int* chain = (int*)first;
            Lay(chain);
            _ = Follow(chain);
            long began = Stopwatch.GetTimestamp();
            int end = Follow(chain);
            double spent = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
            return end == 0 ? spent / Lines : throw new InvalidOperationException("a chain through every line does not end where it began");
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>One cycle through all lines (Sattolo's shuffle), the same every time.</summary>
    private static unsafe void Lay(int* chain)
    {
        for (int i = 0; i < Lines; i++)
        {
            chain[At(i)] = i;
        }
        ulong state = 0x9E3779B97F4A7C15;
        for (int i = Lines - 1; i > 0; i--)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            int other = (int)(state % (ulong)i);
            (chain[At(i)], chain[At(other)]) = (chain[At(other)], chain[At(i)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Follow(int* chain)
    {
        int at = 0;
        for (int look = 0; look < Lines; look++)
        {
            at = chain[At(at)];
        }
        return at;
    }

    private static int At(int line) => line * (Line / sizeof(int));
}
