using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Reports;

/// <summary>Times of one kind on one backend, sorted. <see cref="First"/>: those of the first packet of each pair, which waits for ARP and the long way.</summary>
public sealed record LatencySeries(string Backend, bool First, ImmutableArray<SimTime> Sorted)
{
    public string Class => First ? "first" : "later";

    /// <summary>The smallest time that at least this share of all times does not exceed (nearest rank); <paramref name="percent"/> from 0 to 100.</summary>
    public SimTime Percentile(decimal percent)
    {
        int rank = (int)decimal.Ceiling(percent / 100m * Sorted.Length);
        return Sorted[Math.Clamp(rank - 1, 0, Sorted.Length - 1)];
    }
}
