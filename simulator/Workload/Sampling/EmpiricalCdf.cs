using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>What lies between two points of a measured distribution. Nobody measured it, so each file says what it assumes: the mean depends on it (spec 12 §5.1).</summary>
public enum CdfInterpolation : byte
{
    /// <summary>Nothing: only the points' own values occur; a value has what its point adds to the one before.</summary>
    Step,

    /// <summary>Values spread evenly between the two.</summary>
    Linear,

    /// <summary>Logarithms of values spread evenly between the two.</summary>
    Logarithmic,
}

/// <summary>One point: values up to and including <paramref name="Value"/> have this share of the whole.</summary>
public readonly record struct CdfPoint(double Value, double Share);

/// <summary>
/// A law known by points of its cumulative distribution: sizes of flows as somebody published them. The first point's share is an atom at its
/// value, whatever the interpolation; the last share is 1.
/// </summary>
public sealed class EmpiricalCdf : IDistribution
{
    private readonly double[] values;
    private readonly double[] shares;

    /// <exception cref="ArgumentException">Values or shares do not grow from point to point, or the last share is not 1.</exception>
    public EmpiricalCdf(string name, CdfInterpolation interpolation, ImmutableArray<CdfPoint> points)
    {
        if (Fault(interpolation, points) is { } fault)
        {
            throw new ArgumentException(fault, nameof(points));
        }
        Name = name;
        Interpolation = interpolation;
        Points = points;
        values = [.. points.Select(p => p.Value)];
        shares = [.. points.Select(p => p.Share)];
        Mean = ExactMean();
    }

    public string Name { get; }

    public CdfInterpolation Interpolation { get; }

    public ImmutableArray<CdfPoint> Points { get; }

    /// <inheritdoc/>
    public double Mean { get; }

    public double Next(RandomStream random) => Quantile(random.NextUnit());

    /// <summary>The least value whose share is at least <paramref name="share"/>.</summary>
    /// <param name="share">In (0, 1].</param>
    public double Quantile(double share)
    {
        int place = Array.BinarySearch(shares, share);
        place = place < 0 ? ~place : place;
        // Shares may be equal where a value has none; the first of them is meant.
        while (place > 0 && shares[place - 1] >= share)
        {
            place--;
        }
        if (place == 0 || Interpolation == CdfInterpolation.Step)
        {
            return values[place];
        }
        double part = (share - shares[place - 1]) / (shares[place] - shares[place - 1]);
        (double below, double above) = (values[place - 1], values[place]);
        return Interpolation == CdfInterpolation.Linear
            ? below + (part * (above - below))
            : below * StableMath.Exp(part * StableMath.Log(above / below));
    }

    /// <summary>What is wrong with such points, or null.</summary>
    internal static string? Fault(CdfInterpolation interpolation, ImmutableArray<CdfPoint> points)
    {
        if (points.IsDefaultOrEmpty)
        {
            return "a distribution needs at least one point";
        }
        for (int i = 0; i < points.Length; i++)
        {
            CdfPoint point = points[i];
            double floor = interpolation == CdfInterpolation.Logarithmic ? double.Epsilon : 0;
            if (!(point.Value >= floor && point.Value < double.PositiveInfinity && point.Share is >= 0 and <= 1))
            {
                return $"point {i + 1}, {point.Value} with share {point.Share}: values are finite and not negative (logarithmic: positive), shares lie in [0, 1]";
            }
            if (i > 0 && !(point.Value > points[i - 1].Value && point.Share >= points[i - 1].Share))
            {
                return $"point {i + 1}, {point.Value} with share {point.Share}: values must grow and shares must not fall";
            }
        }
        return points[^1].Share == 1 ? null : $"the last share is {points[^1].Share}, not 1";
    }

    private double ExactMean()
    {
        double mean = values[0] * shares[0];
        for (int i = 1; i < values.Length; i++)
        {
            (double below, double above) = (values[i - 1], values[i]);
            double centre = Interpolation switch
            {
                CdfInterpolation.Step => above,
                CdfInterpolation.Linear => (below + above) / 2,
                _ => (above - below) / StableMath.Log(above / below),
            };
            mean += centre * (shares[i] - shares[i - 1]);
        }
        return mean;
    }
}
