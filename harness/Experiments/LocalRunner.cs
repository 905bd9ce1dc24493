using System.Diagnostics;
using MizarLab.Harness.Running;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>All runs on this machine, one a thread. When there are fewer runs than threads, what is left over goes to the studies themselves.</summary>
/// <param name="threads">Workers, 1 and more.</param>
public sealed class LocalRunner(int threads) : IBagRunner
{
    public void Run(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        using LargePages pages = LargePages.BeginKeeping();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Rounds may grow again, so no more threads wait than there can be runs at once.
        int workers = (int)Math.Min(threads, Math.Max(bag.Waiting, experiment.Replication.Precision is null ? 1 : threads));
        Shift shift = new(experiment, source, bag, sink, Math.Max(1, threads / workers), stop);
        Thread[] crew = [.. Enumerable.Range(1, workers - 1).Select(i => new Thread(shift.Work) { IsBackground = true, Name = $"run-{i}" })];
        foreach (Thread thread in crew)
        {
            thread.Start();
        }
        using (cancel.Register(shift.Wake))
        {
            shift.Work();
            foreach (Thread thread in crew)
            {
                thread.Join();
            }
        }
        shift.ThrowIfFailed();
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Makes one run.</summary>
    /// <exception cref="StudyFailedException">The study threw.</exception>
    public static RunOutcome Make(Experiment experiment, IStudy study, RunKey key, int threads, CancellationToken cancel)
    {
        ulong seed = experiment.SeedOf(key.Replication);
        try
        {
            StudyResult result = study.Run(new StudyRun(seed, threads, cancel));
            return result.Values.Length == experiment.Measures.Length
                ? new RunOutcome(key.Point, key.Replication, seed, result.Values, result.Fingerprint)
                : throw new InvalidOperationException($"it gave {result.Values.Length} values for {experiment.Measures.Length} measures");
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or OutOfMemoryException))
        {
            throw Failed(experiment, key, fault);
        }
    }

    public static StudyFailedException Failed(Experiment experiment, RunKey key, Exception fault)
    {
        string at = experiment.Grid.Describe(key.Point);
        return new StudyFailedException($"{experiment.Where}: study '{experiment.Study}' failed{(at.Length > 0 ? $" at {at}" : "")}, replication {key.Replication}: {fault.Message}", fault);
    }

    /// <summary>What the workers share; all of it under one lock but the runs themselves.</summary>
    private sealed class Shift(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, int threadsEach, CancellationTokenSource stop)
    {
        private readonly object gate = new();
        private Exception? failure;

        public void Work()
        {
            (int Point, IStudy? Study) last = (-1, null);
            while (Take(out RunKey key))
            {
                try
                {
                    if (last.Point != key.Point)
                    {
                        last = (key.Point, source.Make(key.Point));
                    }
                    long began = Stopwatch.GetTimestamp();
                    RunOutcome outcome = Make(experiment, last.Study!, key, threadsEach, stop.Token);
                    Put(outcome, Stopwatch.GetElapsedTime(began));
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception fault)
                {
                    Fail(fault is StudyFailedException or IOException or OutOfMemoryException ? fault : Failed(experiment, key, fault));
                    return;
                }
            }
        }

        public void Wake()
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }

        public void ThrowIfFailed()
        {
            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }

        /// <summary>False when nothing is left, or all is over.</summary>
        private bool Take(out RunKey key)
        {
            lock (gate)
            {
                key = default;
                while (!stop.IsCancellationRequested && !bag.IsDone)
                {
                    if (bag.TryTake(out key))
                    {
                        return true;
                    }
                    Monitor.Wait(gate);
                }
                return false;
            }
        }

        private void Put(RunOutcome outcome, TimeSpan elapsed)
        {
            lock (gate)
            {
                // First where it lasts: a run the bag knows of is one that is kept.
                sink.Ended(outcome, elapsed);
                bag.Add(outcome);
                Monitor.PulseAll(gate);
            }
        }

        private void Fail(Exception fault)
        {
            lock (gate)
            {
                failure ??= fault;
                stop.Cancel();
                Monitor.PulseAll(gate);
            }
        }
    }
}
