using MizarLab.Measure;

namespace MizarLab.Studies;

/// <summary>The directions of pairs from one side of a <see cref="ShardFailureStudy"/> to the other, while one relay is down.</summary>
internal abstract class ShardSide
{
    /// <summary>Whether a packet of this direction is lost now.</summary>
    public abstract bool IsLost(int from, int to);

    /// <summary>Updates that mend it, in order.</summary>
    protected abstract int Updates { get; }

    /// <summary>The next update has come.</summary>
    protected abstract void Apply(int update);

    /// <summary>Applies the updates one after another, and sends the lost directions' packets again after each.</summary>
    /// <param name="lost">Directions that are.</param>
    /// <param name="detection">Seconds until the first update is begun.</param>
    /// <param name="update">Seconds each takes.</param>
    public (Moments Outage, double Longest, int Unended, int Updates) Mend(List<(int From, int To)> lost, double detection, double update)
    {
        Moments outage = default;
        double longest = 0;
        List<(int From, int To)> left = [.. lost];
        for (int i = 0; i < Updates && left.Count > 0; i++)
        {
            Apply(i);
            double now = detection + ((i + 1) * update);
            foreach ((int From, int To) pair in left.ToArray())
            {
                if (!IsLost(pair.From, pair.To))
                {
                    left.Remove(pair);
                    outage.Add(now);
                    longest = now;
                }
            }
        }
        return (outage, longest, left.Count, Updates);
    }
}
