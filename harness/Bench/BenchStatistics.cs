namespace MizarLab.Harness.Bench;

/// <summary>A figure out of rounds: the mean of their middle half, which like the median no disturbed round moves, and is finer, for the kernel tells whole nanoseconds.</summary>
/// <param name="Spread">Between the quartiles.</param>
internal readonly record struct BenchStatistics(double Value, double Spread)
{
    public static BenchStatistics Of(ReadOnlySpan<double> rounds)
    {
        double[] sorted = rounds.ToArray();
        Array.Sort(sorted);
        int quarter = sorted.Length / 4;
        double sum = 0;
        for (int i = quarter; i < sorted.Length - quarter; i++)
        {
            sum += sorted[i];
        }
        return new BenchStatistics(sum / (sorted.Length - (2 * quarter)), sorted[^(quarter + 1)] - sorted[quarter]);
    }
}
