using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// A thread in a network namespace of its own, pinned to one CPU. The namespace has no name and no descriptor: it and all in it
/// go with the thread. Work is queued to it; work it gives itself runs at once.
/// </summary>
internal sealed unsafe class NamespaceThread : IDisposable
{
    /// <summary>A simulation runs on this thread; it gets a main thread's stack.</summary>
    private const int StackBytes = 8 << 20;

    private static int turn;

    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    /// <exception cref="HarnessException">No right to make a namespace.</exception>
    public NamespaceThread(string name)
    {
        using ManualResetEventSlim ready = new();
        Exception? trouble = null;
        thread = new Thread(Loop, StackBytes) { IsBackground = true, Name = name };
        thread.Start();
        ready.Wait();
        if (trouble is not null)
        {
            thread.Join();
            work.Dispose();
            ExceptionDispatchInfo.Throw(trouble);
        }

        void Loop()
        {
            try
            {
                Pin();
                Enter();
            }
            catch (HarnessException refused)
            {
                trouble = refused;
                return;
            }
            finally
            {
                ready.Set();
            }
            foreach (Action action in work.GetConsumingEnumerable())
            {
                action();
            }
        }
    }

    public bool IsCurrent => Thread.CurrentThread == thread;

    /// <summary>Runs the function on the thread and waits for it; what it throws comes out here.</summary>
    public T Invoke<T>(Func<T> function)
    {
        if (IsCurrent)
        {
            return function();
        }
        using ManualResetEventSlim done = new();
        ExceptionDispatchInfo? trouble = null;
        T result = default!;
        work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception exception)
            {
                trouble = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        trouble?.Throw();
        return result;
    }

    /// <summary>Finishes what is queued and ends the thread.</summary>
    public void Dispose()
    {
        work.CompleteAdding();
        if (!IsCurrent)
        {
            thread.Join();
            work.Dispose();
        }
    }

    private static void Enter()
    {
        if (LibC.Unshare(LibC.CloneNewNetwork) != 0)
        {
            throw new HarnessException($"no network namespace can be made: {LibC.ErrorText(Marshal.GetLastPInvokeError())}; this needs root");
        }
    }

    /// <summary>
    /// One CPU, for the kernel's LRU maps keep lists a CPU: a thread that wanders would make evictions depend on the scheduler.
    /// Threads take turns over the CPUs this process may use.
    /// </summary>
    private static void Pin()
    {
        const int words = 16; // 1024 CPUs
        ulong* mask = stackalloc ulong[words];
        new Span<ulong>(mask, words).Clear();
        if (LibC.GetAffinity(0, words * sizeof(ulong), mask) < 0)
        {
            throw new HarnessException($"the CPUs this process may use cannot be read: {LibC.ErrorText(Marshal.GetLastPInvokeError())}");
        }
        List<int> allowed = [.. Enumerable.Range(0, words * 64).Where(cpu => (mask[cpu / 64] >> (cpu % 64) & 1) != 0)];
        int chosen = allowed[(int)((uint)Interlocked.Increment(ref turn) % (uint)allowed.Count)];
        new Span<ulong>(mask, words).Clear();
        mask[chosen / 64] = 1UL << (chosen % 64);
        if (LibC.SetAffinity(0, words * sizeof(ulong), mask) != 0)
        {
            throw new HarnessException($"a thread cannot be pinned to CPU {chosen}: {LibC.ErrorText(Marshal.GetLastPInvokeError())}");
        }
    }
}
