using MizarLab.Measure;

namespace MizarLab.Studies;

/// <summary>What a point's replications say of one measure. Replications that had nothing to measure (NaN) do not count.</summary>
/// <param name="Count">Replications that measured something.</param>
/// <param name="Mean">NaN of none.</param>
/// <param name="Deviation">Standard deviation of one replication.</param>
public readonly record struct PointStatistics(long Count, double Mean, double Deviation, double Least, double Most)
{
    private const double Confidence = 0.95;

    /// <summary>Of the mean.</summary>
    public double StandardError => Count < 2 ? 0 : Deviation / Math.Sqrt(Count);

    /// <summary>Half of the mean's 95 % interval (Student t); 0 of a single replication, and where nothing differs.</summary>
    public double HalfWidth => Count < 2 || Deviation == 0 ? 0 : StudentT.Quantile((1 + Confidence) / 2, Count - 1) * StandardError;

    public static PointStatistics Of(IEnumerable<double> values)
    {
        Moments moments = default;
        double least = double.PositiveInfinity;
        double most = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                moments.Add(value);
                least = Math.Min(least, value);
                most = Math.Max(most, value);
            }
        }
        return moments.Count == 0
            ? new PointStatistics(0, double.NaN, 0, double.NaN, double.NaN)
            // Equal values have that mean, whatever the sum's rounding.
            : new PointStatistics(moments.Count, least == most ? least : moments.Mean, least == most ? 0 : moments.StandardDeviation, least, most);
    }
}
