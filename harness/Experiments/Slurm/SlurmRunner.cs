using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.Harness.Backends;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments.Slurm;

/// <summary>
/// A bag run by a Slurm cluster: chunks of runs as elements of job arrays, one result file each on the shared file system. The command submits, follows the queue, takes in whole results, and submits
/// again what left the queue without one. It keeps no state but files: after its own death <c>--resume</c> finds the results that were left, and the elements that still run.
/// </summary>
/// <param name="run">The run's folder; tasks must see it by the same path.</param>
/// <param name="partition">Null: the cluster's default.</param>
/// <param name="taskCommand">The program that calls <see cref="SlurmTask"/>, and its first arguments; the folder and the array's number follow.</param>
/// <param name="warn">Told what the user should know although the run goes on.</param>
public sealed class SlurmRunner(string run, ExperimentFacts facts, string? partition, ImmutableArray<string> taskCommand, Action<string> warn) : IBagRunner
{
    /// <summary>A task this long is worth its start (about half a second), and short enough to lose.</summary>
    private const double TaskSeconds = 120;

    /// <summary>So many tasks at least, while there are as many runs: a cluster has several nodes.</summary>
    private const int LeastTasks = 8;

    private const int LargeRound = 1_000;

    private const int MostAttempts = 5;

    /// <summary>Polls a chunk may be gone from the queue without a result: a shared file system shows a new file late.</summary>
    private const int Grace = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SlowPoll = TimeSpan.FromSeconds(10), QueueSilence = TimeSpan.FromMinutes(5);

    private readonly SlurmFolder folder = new(Path.GetFullPath(run));
    private readonly SlurmQueue queue = new(Path.GetFileName(Path.GetFullPath(run)), partition, taskCommand);
    private readonly SortedDictionary<int, Flight> flights = [];
    private readonly SortedSet<string> taken = new(StringComparer.Ordinal);
    private readonly SortedSet<int> arrays = [];
    private TimeSpan? each;
    private int chunks;
    private int nextArray;

    /// <inheritdoc cref="SlurmQueue.Require"/>
    public static void Require(string? partition) => SlurmQueue.Require(partition);

    public void Run(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        folder.Prepare(facts);
        (int chunk, int array) = folder.Last();
        (chunks, nextArray) = (chunk + 1, array + 1);
        Harvest(experiment, bag, sink, cancel);
        Adopt(array);
        try
        {
            Follow(experiment, source, bag, sink, cancel);
        }
        catch (Exception end) when (end is OperationCanceledException or StudyFailedException)
        {
            foreach (int one in arrays)
            {
                Cancel(one);
            }
            throw;
        }
    }

    /// <summary>Ends an array's tasks. A Slurm that does not answer now keeps nobody from ending: a resumption finds the tasks.</summary>
    private void Cancel(int array)
    {
        try
        {
            queue.Cancel(array);
        }
        catch (HarnessException silent)
        {
            warn($"tasks of array {array} may go on: {silent.Message}");
        }
    }

    private void Follow(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        TimeSpan pause = Poll;
        long heard = Stopwatch.GetTimestamp();
        bool begins = true;
        while (!bag.IsDone)
        {
            // A new round when the last is in, or when so much of it has come together that waiting for the slowest would leave a cluster idle.
            if (bag.Waiting > 0 && (flights.Count == 0 || bag.Waiting >= LargeRound || begins))
            {
                begins = false;
                SubmitWaiting(experiment, source, bag, sink, cancel);
                pause = Poll;
            }
            if (cancel.WaitHandle.WaitOne(pause))
            {
                cancel.ThrowIfCancellationRequested();
            }
            ImmutableSortedSet<SlurmElement> alive;
            try
            {
                // Asked before results are looked for: what is gone now has left its result before.
                alive = queue.Alive();
                heard = Stopwatch.GetTimestamp();
            }
            catch (HarnessException) when (Stopwatch.GetElapsedTime(heard) < QueueSilence)
            {
                continue; // The controller restarts now and then.
            }
            bool moved = Harvest(experiment, bag, sink, cancel);
            SubmitLost(alive);
            pause = moved ? Poll : TimeSpan.FromSeconds(Math.Min(SlowPoll.TotalSeconds, pause.TotalSeconds * 1.2));
        }
    }

    /// <summary>Chunks of elements that were submitted before the command died and are still in the queue.</summary>
    private void Adopt(int lastArray)
    {
        foreach (SlurmElement element in lastArray < 0 ? [] : queue.Alive())
        {
            int id = folder.ReadArray(element.Array)[element.Index];
            flights[id] = new Flight(folder.ReadChunk(id), element, 1);
            arrays.Add(element.Array);
        }
    }

    private void SubmitWaiting(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        SortedSet<(int, int)> flying = [.. flights.Values.SelectMany(f => f.Chunk.Keys).Select(k => (k.Point, k.Replication))];
        List<RunKey> keys = [];
        while (bag.TryTake(out RunKey key))
        {
            if (!flying.Contains((key.Point, key.Replication)))
            {
                keys.Add(key);
            }
        }
        if (keys.Count == 0)
        {
            return;
        }
        if (each is null)
        {
            // One run here: it tells how long they take, and a study that fails at once fails before a cluster is asked.
            long began = Stopwatch.GetTimestamp();
            RunOutcome first = LocalRunner.Make(experiment, source.Make(keys[0].Point), keys[0], 1, cancel);
            each = Stopwatch.GetElapsedTime(began);
            sink.Ended(first, each.Value);
            bag.Add(first);
            keys.RemoveAt(0);
            if (keys.Count == 0)
            {
                return;
            }
        }
        int count = (int)Math.Clamp(keys.Count * each.Value.TotalSeconds / TaskSeconds, Math.Min(LeastTasks, keys.Count), keys.Count);
        List<SlurmChunk> made = [];
        for (int i = 0; i < count; i++)
        {
            // Dealt like cards: neighbouring points cost alike, so every chunk gets dear and cheap ones.
            int dealt = i;
            made.Add(new SlurmChunk(chunks++, [.. keys.Where((_, at) => at % count == dealt)]));
            folder.WriteChunk(made[^1]);
        }
        Submit(made, _ => 1);
    }

    private void Submit(IReadOnlyList<SlurmChunk> some, Func<int, int> attempt)
    {
        foreach (SlurmChunk[] part in some.Chunk(SlurmQueue.MostElements))
        {
            int array = nextArray++;
            arrays.Add(array);
            folder.WriteArray(array, part.Select(c => c.Id));
            queue.Submit(folder, array, part.Length);
            for (int i = 0; i < part.Length; i++)
            {
                flights[part[i].Id] = new Flight(part[i], new SlurmElement(array, i), attempt(part[i].Id));
            }
        }
    }

    /// <summary>Submits again the chunks that have left the queue without a whole result.</summary>
    private void SubmitLost(ImmutableSortedSet<SlurmElement> alive)
    {
        List<SlurmChunk> lost = [];
        SortedDictionary<int, int> attempts = [];
        foreach ((int id, Flight flight) in flights)
        {
            flight.Gone = alive.Contains(flight.Element) ? 0 : flight.Gone + 1;
            if (flight.Gone < Grace)
            {
                continue;
            }
            if (flight.Attempt >= MostAttempts)
            {
                throw new HarnessException($"chunk {id} was submitted {MostAttempts} times and left no whole result: see {folder.Logs}");
            }
            lost.Add(flight.Chunk);
            attempts[id] = flight.Attempt + 1;
        }
        if (lost.Count > 0)
        {
            Submit(lost, id => attempts[id]);
        }
    }

    /// <summary>Takes in the results that have come; those of runs that are there already must equal them.</summary>
    /// <exception cref="StudyFailedException">A task's study failed, or what was counted is wrong.</exception>
    private bool Harvest(Experiment experiment, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        bool moved = false;
        foreach ((string file, int chunk, bool failed) in folder.Results().Where(r => !taken.Contains(r.File)).ToList())
        {
            string text;
            try
            {
                text = File.ReadAllText(file);
            }
            catch (IOException)
            {
                continue; // Seen by name before its bytes are: the next poll has them.
            }
            if (failed)
            {
                File.Delete(file); // A resumption tries again.
                throw new StudyFailedException(text);
            }
            taken.Add(file);
            if (TaskResult.Read(text, facts, experiment.Measures.Length) is not { } runs)
            {
                // Torn: as if it had never come. Kept under another name for whoever wants to know.
                File.Move(file, file + ".torn", overwrite: true);
                continue;
            }
            if (Disputed(runs, bag) is { Count: > 0 } disputed)
            {
                Settle(experiment, file, disputed, bag, cancel);
                continue;
            }
            foreach ((RunOutcome outcome, TimeSpan elapsed) in runs)
            {
                RunKey key = new(outcome.Point, outcome.Replication);
                if (bag.Asks(key) && bag.Find(key) is null)
                {
                    sink.Ended(outcome, elapsed);
                    bag.Add(outcome);
                }
            }
            flights.Remove(chunk);
            moved = true;
        }
        return moved;
    }

    /// <summary>Runs of a file that are there already, with other numbers.</summary>
    private static List<RunOutcome> Disputed(ImmutableArray<TimedOutcome> runs, RunBag bag) =>
        [.. runs.Select(r => r.Outcome).Where(o => bag.Find(new RunKey(o.Point, o.Replication)) is { } known && !IsSame(known, o))];

    /// <summary>
    /// A study is deterministic, so of two results of one run one at least is wrong, and this machine makes the run to tell which. When it is the newcomer, its whole file is set aside and its chunk runs again
    /// if it is still wanted; when it is the one that has been counted, nothing of this run can be trusted.
    /// </summary>
    /// <exception cref="StudyFailedException">What has been counted is not what this machine gets.</exception>
    private void Settle(Experiment experiment, string file, List<RunOutcome> disputed, RunBag bag, CancellationToken cancel)
    {
        foreach (RunOutcome newcomer in disputed)
        {
            RunKey key = new(newcomer.Point, newcomer.Replication);
            RunOutcome own = LocalRunner.Make(experiment, experiment.Source.Make(key.Point), key, 1, cancel);
            if (!IsSame(own, bag.Find(key)!))
            {
                throw new StudyFailedException(
                    $"run {key.Point}.{key.Replication} has been counted with another result than {Path.GetFileName(file)} has, and than this machine gets: the study is not deterministic, or a node computes wrongly; begin anew");
            }
        }
        File.Move(file, file + ".differs", overwrite: true);
        RunOutcome first = disputed[0];
        warn($"{Path.GetFileName(file)}: run {first.Point}.{first.Replication} has another result than was counted, and than this machine gets: a node computes wrongly. Set aside as {Path.GetFileName(file)}.differs, with all it says");
    }

    private static bool IsSame(RunOutcome one, RunOutcome other)
    {
        return one.Fingerprint == other.Fingerprint && one.Values.Select(Bits).SequenceEqual(other.Values.Select(Bits));

        // As a database keeps them.
        static long Bits(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value + 0.0);
    }

    /// <summary>A chunk that was submitted.</summary>
    private sealed class Flight(SlurmChunk chunk, SlurmElement element, int attempt)
    {
        public SlurmChunk Chunk => chunk;

        public SlurmElement Element => element;

        public int Attempt => attempt;

        /// <summary>Polls in a row that did not find it in the queue.</summary>
        public int Gone { get; set; }
    }
}
