using System.Runtime.ExceptionServices;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// Work that blocks in the kernel, on threads of its own. The thread pool begins with a thread a processor and adds one every half a second: work
/// that blocks there would hold up everything asynchronous.
/// </summary>
internal static class DedicatedThreads
{
    /// <summary>Pool threads that are there at once while a live run goes on.</summary>
    private const int PoolThreads = 16;

    /// <summary>
    /// Lets the pool have threads without its half-second wait: a run still blocks some for milliseconds (a namespace is entered, a link comes up), and a step that began
    /// half a second late would be another scenario.
    /// </summary>
    public static void WidenPool()
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        if (workers < PoolThreads)
        {
            ThreadPool.SetMinThreads(PoolThreads, completions);
        }
    }

    /// <summary>Starts <paramref name="work"/> on a thread of its own.</summary>
    public static Task<T> Start<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Does all of it side by side and returns when all is done; the first failure is rethrown as it was.</summary>
    public static void ForEach<T>(IEnumerable<T> items, Action<T> work)
    {
        Lock gate = new();
        ExceptionDispatchInfo? failure = null;
        List<Thread> threads = [];
        foreach (T item in items)
        {
            Thread thread = new(() =>
            {
                try
                {
                    work(item);
                }
                catch (Exception error)
                {
                    lock (gate)
                    {
                        failure ??= ExceptionDispatchInfo.Capture(error);
                    }
                }
            })
            {
                IsBackground = true,
            };
            thread.Start();
            threads.Add(thread);
        }
        threads.ForEach(t => t.Join());
        failure?.Throw();
    }
}
