using System.Globalization;
using MizarLab.Measure;

namespace MizarLab.Studies;

/// <summary>
/// That a point's first replications scatter so much that the replications it may have will not give the precision asked for: told long before they have all run. The variance of few
/// replications is itself uncertain, so doubt is raised only where even the least variance they are compatible with (the lower end of its 99 % interval) is too much.
/// </summary>
/// <param name="Measure">By index.</param>
/// <param name="Known">Of the replications so far.</param>
/// <param name="Needed">Replications that this deviation asks for, about; infinite where the mean is 0 and a share of it is asked for.</param>
public sealed record PrecisionDoubt(int Point, int Measure, PointStatistics Known, double Needed)
{
    /// <summary>Of the normal distribution: 0.5 % lie above.</summary>
    private const double NormalQuantile = 2.5758;

    private const double Confidence = 0.975;

    /// <summary>Replications a file may ask for.</summary>
    private const long MostPossible = 100_000;

    /// <param name="statistics">Of a measure, by its index.</param>
    /// <returns>Null where there is hope.</returns>
    public static PrecisionDoubt? Of(Precision precision, int point, Func<int, PointStatistics> statistics)
    {
        foreach (int measure in precision.Of)
        {
            PointStatistics known = statistics(measure);
            if (known.Count < 2 || known.Deviation == 0)
            {
                continue;
            }
            double wanted = precision.Relative ? precision.Within * Math.Abs(known.Mean) : precision.Within;
            double least = known.Deviation * Math.Sqrt((known.Count - 1) / ChiSquare(known.Count - 1));
            if (HalfWidth(least, precision.Most) > wanted)
            {
                double ratio = StudentT.Quantile(Confidence, MostPossible) * known.Deviation / wanted;
                return new PrecisionDoubt(point, measure, known, ratio * ratio);
            }
        }
        return null;
    }

    /// <summary>For the user: place, what was found, the mend.</summary>
    public string Told(Experiment experiment)
    {
        Precision precision = experiment.Replication.Precision!;
        string at = experiment.Grid.Describe(Point);
        double reached = HalfWidth(Known.Deviation, precision.Most);
        string wanted = precision.Relative ? $"{Claim.Shown(precision.Within * 100)} %" : Claim.Shown(precision.Within);
        string needed = double.IsFinite(Needed) ? $"takes about {Roughly(Needed)} replications" : "of a mean of 0 is never met";
        string within = precision.Relative && Known.Mean != 0 ? $"{Roughly(reached / Math.Abs(Known.Mean) * 100)}%" : Roughly(reached);
        return $"{precision.Where}: after {Known.Count} replications {experiment.Measures[Measure].Name}{(at.Length > 0 ? $" at {at}" : "")} is {Estimate.Text(Known.Mean, Known.HalfWidth)}: "
            + $"{wanted} {needed}, and most allows {precision.Most} (within: {within}{(Needed <= MostPossible ? $", or most: {Roughly(Needed)}" : "")}; the run goes on, Ctrl-C ends it)";
    }

    private static double HalfWidth(double deviation, int count) => StudentT.Quantile(Confidence, count - 1) * deviation / Math.Sqrt(count);

    /// <summary>To two digits, and rather too much: nobody knows it better.</summary>
    private static string Roughly(double value) => Claim.Shown(double.Parse((1.05 * value).ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>99.5 % quantile, by Wilson and Hilferty; good to a percent from one degree of freedom on.</summary>
    private static double ChiSquare(double freedom)
    {
        double share = 2 / (9 * freedom);
        double root = 1 - share + (NormalQuantile * Math.Sqrt(share));
        return freedom * root * root * root;
    }
}
