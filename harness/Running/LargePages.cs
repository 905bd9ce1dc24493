using System.Globalization;
using System.Runtime.InteropServices;

namespace MizarLab.Harness.Running;

/// <summary>
/// Has the kernel lay what a large run holds into pages of 2 MB. A run looks into its tables in no order, and where they are larger than what a processor's address caches cover (some thousands of pages of
/// 4 KB), most looks are two: the page's place first. The garbage collector takes its memory in small pieces, which the kernel's own ways never join. Nothing depends on it but time; a kernel before 6.1 cannot.
/// </summary>
/// <remarks><c>docs/benchmarks.md</c> has what it buys. MADV_COLLAPSE: madvise(2).</remarks>
public sealed partial class LargePages : IDisposable
{
    private const long Page = 2 << 20;

    private const int Small = 4 << 10, SmallOfPage = (int)(Page / Small);

    /// <summary>Of its small pages a large one must hold so many, or it would take memory that nobody asked for.</summary>
    private const int Enough = SmallOfPage * 7 / 8;

    private const int AdviceCollapse = 25;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    private readonly Timer timer;
    private TimeSpan next = First;
    private bool ended;

    private LargePages() => timer = new Timer(_ => Look(), null, First, Timeout.InfiniteTimeSpan);

    /// <summary>From now on, while a command that may hold much works: after 2 seconds, after 4 more, after 8, since most is held by then; one that is quicker is left alone.</summary>
    public static LargePages BeginKeeping() => new();

    /// <summary>Joins what this process holds now.</summary>
    /// <returns>Bytes that lie in large pages since, or did before; 0: this kernel has none to give.</returns>
    public static long Gather()
    {
        long gathered = 0;
        Span<byte> held = stackalloc byte[SmallOfPage];
        foreach ((long start, long end) in Held())
        {
            for (long at = start; at < end; at += Page)
            {
                gathered += IsFull(at, held) && Advise((nint)at, (nuint)Page, AdviceCollapse) == 0 ? Page : 0;
            }
        }
        return gathered;
    }

    private static unsafe bool IsFull(long at, Span<byte> held)
    {
        fixed (byte* first = held)
        {
            return Residence((nint)at, (nuint)Page, first) == 0 && held.Length - held.Count((byte)0) >= Enough;
        }
    }

    public void Dispose()
    {
        lock (timer)
        {
            ended = true;
        }
        timer.Dispose();
    }

    private void Look()
    {
        lock (timer)
        {
            if (!ended && Gather() > 0)
            {
                next *= 2;
                timer.Change(next, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Memory of this process alone that is no file's, in whole large pages.</summary>
    private static IEnumerable<(long Start, long End)> Held()
    {
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            // 7f5f3fc00000-7f5f43400000 rw-p 00000000 00:00 0; a file's, a stack's has a name besides.
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var range, "rw-p", _, _, "0"])
            {
                int dash = range.IndexOf('-', StringComparison.Ordinal);
                long start = (Address(range.AsSpan(0, dash)) + Page - 1) & -Page;
                long end = Address(range.AsSpan(dash + 1)) & -Page;
                if (start < end)
                {
                    yield return (start, end);
                }
            }
        }
    }

    private static long Address(ReadOnlySpan<char> hexadecimal) => long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint at, nuint bytes, int advice);

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static unsafe partial int Residence(nint at, nuint bytes, byte* held);
}
