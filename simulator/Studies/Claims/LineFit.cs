using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Studies;

/// <summary>A straight line by least squares.</summary>
/// <param name="StandardError">Of the slope, by the points' distances from the line; 0 of two points.</param>
/// <param name="HalfWidth">Of the slope's 95 % interval; NaN of two points, through which every line goes.</param>
public readonly record struct LineFit(double Slope, double Intercept, double StandardError, double HalfWidth)
{
    /// <param name="x">At least two different values.</param>
    public static LineFit Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = Mean(x);
        double meanY = Mean(y);
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = xy / xx;
        double intercept = meanY - (slope * meanX);
        if (x.Length < 3)
        {
            return new LineFit(slope, intercept, 0, double.NaN);
        }
        double squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double off = y[i] - intercept - (slope * x[i]);
            squares += off * off;
        }
        double error = Math.Sqrt(squares / (x.Length - 2) / xx);
        return new LineFit(slope, intercept, error, StudentT.Quantile(0.975, x.Length - 2) * error);
    }

    /// <summary>The slope is a power law's exponent; all values positive.</summary>
    public static LineFit OfLogarithms(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Of(Logarithms(x), Logarithms(y));

    private static double[] Logarithms(ReadOnlySpan<double> values)
    {
        double[] logarithms = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            logarithms[i] = StableMath.Log(values[i]);
        }
        return logarithms;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum / values.Length;
    }
}
