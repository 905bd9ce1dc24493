using System.Globalization;
using MizarLab.Engine;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>
/// What spec 12 says a number is, and what a study or the simulator makes of it under ten seeds. An exact law asks each seed for the very number; where nothing is drawn, the seed draws the parameters,
/// so that ten networks are asked instead of one. A statistical law has its standard deviation from theory as well: each seed's number must lie within five of them, and the mean of the ten within five
/// of its own, which are √10 times smaller. The band is theory's, never the sample's, so that it means the same for every seed.
/// </summary>
internal sealed class Law
{
    public const int Seeds = 10;
    private const double Errors = 5, Rounding = 1e-9;

    private readonly string? broken;

    private Law(string? broken) => this.broken = broken;

    /// <param name="ask">Of a seed: what the law says, and what came out. Equal but for a double's rounding.</param>
    public static Law Exact(Func<ulong, (double Says, double Is)> ask)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            (double says, double got) = ask(seed);
            if (!(Math.Abs(says - got) <= Rounding * Math.Abs(says)))
            {
                return new Law(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {got:G15}, the law says {says:G15}"));
            }
        }
        return new Law(null);
    }

    /// <param name="says">The law's number.</param>
    /// <param name="deviation">The law's standard deviation of one seed's number; under a fifth of the number, else the band would hold nearly anything.</param>
    /// <param name="ask">Of a seed.</param>
    public static Law Statistical(double says, double deviation, Func<ulong, double> ask)
    {
        Assert.InRange(deviation, 0, 0.2 * Math.Abs(says));
        double sum = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            double got = ask(seed);
            sum += got;
            if (!(Math.Abs(got - says) <= Errors * deviation))
            {
                return new Law(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {got:G9}, the law says {says:G9} ± {deviation:G3}: {(got - says) / deviation:F1} deviations"));
            }
        }
        (double mean, double error) = (sum / Seeds, deviation / Math.Sqrt(Seeds));
        return Math.Abs(mean - says) <= Errors * error
            ? new Law(null)
            : new Law(string.Create(CultureInfo.InvariantCulture, $"the mean of ten: {mean:G9}, the law says {says:G9} ± {error:G3}: {(mean - says) / error:F1} errors"));
    }

    /// <summary>Of a study's measure.</summary>
    public static Law Statistical(double says, double deviation, IStudy study, string measure) => Statistical(says, deviation, seed => Ran.Value(study, measure, seed));

    /// <summary>Of a measure of runs that other laws ask too.</summary>
    public static Law Statistical(double says, double deviation, TenRuns runs, string measure) => Statistical(says, deviation, seed => runs[seed, measure]);

    public void Holds() => Assert.True(broken is null, broken);

    /// <summary>With a wrong parameter: a law that holds then too says nothing.</summary>
    public void Fails() => Assert.True(broken is not null, "the law holds although a parameter is wrong");

    /// <summary>A parameter drawn by the seed, both ends among it.</summary>
    public static int Drawn(RandomStream random, int least, int most) => least + (int)random.NextBelow((uint)(most - least + 1));

    public static RandomStream DrawsOf(ulong seed, string name) => new(seed, "laws/" + name);
}
