using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>One run of an experiment: replication r of a point.</summary>
public readonly record struct RunKey(int Point, int Replication);

/// <summary>
/// The runs an experiment still needs. Which there are depends on the experiment and on what its runs give, never on who ends first: a point asks for its next round when all of its last
/// one is there. So any number of workers, and a resumption, come to the same runs. Not for several threads at once.
/// </summary>
public sealed class RunBag
{
    private readonly Experiment experiment;
    private readonly Action<PrecisionDoubt>? doubt;
    private readonly List<RunOutcome?>[] outcomes;
    private readonly int[] done;
    private readonly Queue<RunKey> waiting = [];

    /// <param name="known">Runs that were made before; one that no round asks for is refused.</param>
    /// <param name="doubt">Told of points whose precision looks out of reach, after each of their rounds.</param>
    /// <exception cref="ArgumentException">A known run is there twice, or no point has it.</exception>
    public RunBag(Experiment experiment, IEnumerable<RunOutcome> known, Action<PrecisionDoubt>? doubt = null)
    {
        this.experiment = experiment;
        this.doubt = doubt;
        outcomes = new List<RunOutcome?>[experiment.Grid.Count];
        done = new int[experiment.Grid.Count];
        SortedDictionary<(int, int), RunOutcome> before = [];
        foreach (RunOutcome outcome in known)
        {
            if (outcome.Point >= outcomes.Length || !before.TryAdd((outcome.Point, outcome.Replication), outcome))
            {
                throw new ArgumentException($"run {outcome.Point}.{outcome.Replication} is there twice, or belongs to another experiment");
            }
        }
        for (int point = 0; point < outcomes.Length; point++)
        {
            outcomes[point] = [];
            Grow(point, experiment.FirstOf(point), before);
        }
        if (before.Count > 0)
        {
            throw new ArgumentException($"run {before.First().Key} belongs to another experiment");
        }
    }

    /// <summary>Runs that are waiting to be taken.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Runs that have been made.</summary>
    public int Made { get; private set; }

    /// <summary>Runs asked for so far, made ones among them; precision may ask for more.</summary>
    public int Asked { get; private set; }

    public bool IsDone => Made == Asked;

    /// <summary>A run to be made; one that came in another way in the meantime is passed over.</summary>
    public bool TryTake(out RunKey key)
    {
        while (waiting.TryDequeue(out key))
        {
            if (Find(key) is null)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A run that has been made; null when it has not.</summary>
    public RunOutcome? Find(RunKey key) => Asks(key) ? outcomes[key.Point][key.Replication] : null;

    /// <summary>Whether a run is among those asked for so far.</summary>
    public bool Asks(RunKey key) => key.Point >= 0 && key.Point < outcomes.Length && key.Replication >= 0 && key.Replication < outcomes[key.Point].Count;

    /// <summary>A run taken has ended.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for, or ended before.</exception>
    public void Add(RunOutcome outcome)
    {
        List<RunOutcome?> runs = outcomes[outcome.Point];
        if (outcome.Replication >= runs.Count || runs[outcome.Replication] is not null)
        {
            throw new InvalidOperationException($"run {outcome.Point}.{outcome.Replication} was not asked for");
        }
        runs[outcome.Replication] = outcome;
        Made++;
        if (++done[outcome.Point] == runs.Count)
        {
            Decide(outcome.Point, []);
        }
    }

    /// <summary>All that was made.</summary>
    public IEnumerable<RunOutcome> Outcomes => outcomes.SelectMany(o => o).OfType<RunOutcome>();

    /// <summary>Asks for the next round of a point whose last is complete.</summary>
    private void Decide(int point, SortedDictionary<(int, int), RunOutcome> before)
    {
        List<RunOutcome?> runs = outcomes[point];
        int next = experiment.Exact[point] ? runs.Count : experiment.Replication.Next(runs.Count, Statistics);
        if (next > runs.Count)
        {
            if (doubt is not null && PrecisionDoubt.Of(experiment.Replication.Precision!, point, Statistics) is { } doubted)
            {
                doubt(doubted);
            }
            Grow(point, next, before);
        }

        PointStatistics Statistics(int measure) => PointStatistics.Of(runs.Select(r => r!.Values[measure]));
    }

    private void Grow(int point, int count, SortedDictionary<(int, int), RunOutcome> before)
    {
        List<RunOutcome?> runs = outcomes[point];
        for (int replication = runs.Count; replication < count; replication++)
        {
            bool known = before.Remove((point, replication), out RunOutcome? outcome);
            runs.Add(outcome);
            Asked++;
            if (known)
            {
                Made++;
                done[point]++;
            }
            else
            {
                waiting.Enqueue(new RunKey(point, replication));
            }
        }
        if (done[point] == runs.Count)
        {
            Decide(point, before);
        }
    }
}
