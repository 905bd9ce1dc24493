using System.Runtime.ExceptionServices;

namespace MizarLab.Engine;

/// <summary>
/// One run of several partitions, window by window. In a window every partition first takes in what was sent to it in the window before, then
/// executes its events up to the window's end. Sent events lie in two sets of mailboxes used in turn, so one barrier a window is enough. The last
/// thread at the barrier sets the next window: it begins at the earliest event pending anywhere, so idle times cost nothing.
/// </summary>
/// <remarks>
/// A thread first takes the partitions that are its own by number, whose memory its core has in its caches, then any that nobody has taken yet.
/// </remarks>
internal sealed class WindowedRun(Simulation simulation, SimTime until, long eventLimit, CancellationToken cancel)
{
    private readonly int count = simulation.Partitions.Length;
    private readonly Exception?[] failures = new Exception?[simulation.Partitions.Length];

    /// <summary>The window each partition was last taken for.</summary>
    private readonly int[] taken = new int[simulation.Partitions.Length];
    private readonly long before = simulation.Executed;
    private int window;
    private SimTime windowLast;
    private long windowLimit;
    private RunEnd end;
    private bool over;

    public RunEnd Execute(int threads)
    {
        cancel.ThrowIfCancellationRequested();
        foreach (Partition partition in simulation.Partitions)
        {
            partition.TakeIn(0);
            partition.TakeIn(1);
            partition.BeginRun();
        }
        SetWindow();
        if (!over)
        {
            WindowBarrier barrier = new(threads, SetWindow);
            Thread[] others = new Thread[threads - 1];
            for (int i = 0; i < others.Length; i++)
            {
                int number = i + 1;
                others[i] = new Thread(() => Work(number, threads, barrier)) { IsBackground = true, Name = $"partitions {number}" };
                others[i].Start();
            }
            Work(0, threads, barrier);
            foreach (Thread other in others)
            {
                other.Join();
            }
        }
        foreach (Exception? failure in failures)
        {
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
        EndClocks();
        return end;
    }

    private void Work(int number, int threads, WindowBarrier barrier)
    {
        while (!over)
        {
            for (int own = number; own < count; own += threads)
            {
                RunIfFree(own);
            }
            for (int any = 0; any < count && threads > 1; any++)
            {
                RunIfFree(any);
            }
            barrier.Wait();
        }
    }

    private void RunIfFree(int index)
    {
        int current = window;
        if (taken[index] == current || Interlocked.CompareExchange(ref taken[index], current, current - 1) != current - 1)
        {
            return;
        }
        Partition partition = simulation.Partitions[index];
        try
        {
            partition.TakeIn(~current & 1);
            partition.RunThrough(windowLast, windowLimit, current & 1, cancel);
        }
#pragma warning disable CA1031 // Whatever a node throws reaches the caller of the run, from its own thread.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failures[index] = failure;
        }
    }

    /// <summary>While no partition runs: the next window, or the end.</summary>
    private void SetWindow()
    {
        SimTime earliest = SimTime.Never;
        bool failed = false;
        bool pending = false;
        for (int i = 0; i < count; i++)
        {
            Partition partition = simulation.Partitions[i];
            earliest = Min(earliest, Min(partition.EarliestLeft, window == 0 ? SimTime.Never : partition.EarliestSent));
            pending |= partition.IsActive;
            failed |= failures[i] is not null;
        }
        window++;
        over = true;
        if (failed)
        {
            return;
        }
        if (!pending)
        {
            end = RunEnd.Quiet;
        }
        else if (earliest > until)
        {
            end = RunEnd.TimeReached;
        }
        else if (simulation.Executed - before >= eventLimit)
        {
            end = RunEnd.EventLimit;
        }
        else
        {
            over = false;
            windowLimit = eventLimit - (simulation.Executed - before);
            long last = earliest.Picoseconds > long.MaxValue - simulation.Lookahead.Picoseconds ? long.MaxValue : (earliest + simulation.Lookahead).Picoseconds - 1;
            windowLast = Min(new SimTime(last), until);
        }
    }

    /// <summary>All clocks stand at the end asked for, or where the last event was; where a limit ended the run they stay apart.</summary>
    private void EndClocks()
    {
        SimTime latest = SimTime.Zero;
        foreach (Partition partition in simulation.Partitions)
        {
            partition.TakeIn(0);
            partition.TakeIn(1);
            latest = partition.Now > latest ? partition.Now : latest;
        }
        foreach (Partition partition in end == RunEnd.EventLimit ? [] : simulation.Partitions)
        {
            partition.Now = end == RunEnd.TimeReached ? until : latest;
        }
    }

    private static SimTime Min(SimTime a, SimTime b) => a < b ? a : b;
}
