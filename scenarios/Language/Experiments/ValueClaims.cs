using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using static MizarLab.Scenarios.Experiments.ClaimParts;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Claims about a measure's value at each point.</summary>
internal static class ValueClaims
{
    private static readonly Key<Expression> Sigma = Key.May("sigma", ExpressionShape.Instance, "The standard deviation of one replication, where theory knows it; without it, as the replications show it.");
    private static readonly Key<Expression> Holds = Key.Needs("is", ExpressionShape.Instance, "A comparison of axes, parameters and measures' means.");

    public static readonly ClaimKind Exact = new(
        new RecordShape("exact", "Every run gives exactly this (but for a double's rounding).", MeasureKey, Is, Where, Says),
        (fields, number, view) => Value(fields, number, "exact", fields.Get(Is), new Tolerance.Exactly(), view));

    public static readonly ClaimKind Band = new(
        new RecordShape("band", "The mean is near this.", MeasureKey, MayBe, Within, Sigma, Where, Says),
        (fields, number, view) =>
        {
            Tolerance within = fields.Get(Within);
            if (fields.Given(Sigma))
            {
                if (within is not Tolerance.Sigma sigma)
                {
                    view.Diagnostics.Report(fields.PlaceOf(Sigma), "sigma is said, but within does not ask for any", "within: 5 sigma");
                }
                else
                {
                    within = sigma with { Deviation = fields.Get(Sigma) };
                }
            }
            return Value(fields, number, "band", fields.Given(MayBe) ? fields.Get(MayBe) : null, within, view);
        });

    public static readonly ClaimKind That = new(
        new RecordShape("that", "A comparison is true at every point.", Holds, Where, Says),
        (fields, number, view) =>
        {
            ImmutableArray<int> points = PointsOf(fields, view);
            return view.Check(fields.Get(Holds), fields.PlaceOf(Holds), points, truth: true)
                ? new ThatClaim(number, "that", fields.Where, InWords(fields, () => fields.Get(Holds).Text), fields.Get(Holds), points)
                : null;
        });

    private static BandClaim? Value(Fields fields, int number, string kind, Expression? value, Tolerance within, SweepView view)
    {
        int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
        ImmutableArray<int> points = PointsOf(fields, view);
        bool good = kind == "exact" || Check(fields, value, within, points, true, view);
        good &= view.Check(value, fields.PlaceOf(kind == "exact" ? Is : MayBe), points);
        good &= within is not Tolerance.Sigma { Deviation: { } deviation } || view.Check(deviation, fields.PlaceOf(Sigma), points);
        string name = fields.Get(MeasureKey);
        return good && measure >= 0 && !points.IsEmpty
            ? new BandClaim(number, kind, fields.Where, InWords(fields, () => kind == "exact" ? $"{name} = {value}" : $"{name} {Said(value, within)}"), measure, value, within, points)
            : null;
    }

    /// <summary>A tolerance in words.</summary>
    public static string Said(Expression? value, Tolerance within) => within switch
    {
        Tolerance.Range range => $"lies between {range.Low} and {range.High}",
        Tolerance.Sigma sigma => $"= {value} within {Claim.Shown(sigma.Count)} standard errors",
        Tolerance.Relative relative => $"= {value} within {Claim.Shown(relative.Share * 100)} %",
        Tolerance.Absolute absolute => $"= {value} ± {Claim.Shown(absolute.Slack)}",
        _ => $"= {value}",
    };
}
