using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using K = MizarLab.Scenarios.Experiments.ExperimentKeys;

namespace MizarLab.Scenarios.Experiments;

/// <summary>How often points are run: <c>repeat</c> or <c>precision</c>, the quick form's before the file's; refuses what cannot be met.</summary>
internal static class ReplicationReader
{
    /// <summary>Null after something was reported.</summary>
    public static Replication? Read(Fields file, Fields? small, SweepView view)
    {
        Fields from = small is not null && (small.Given(K.Repeat) || small.Given(K.Precision)) ? small : file;
        if (from.Given(K.Repeat) && from.Given(K.Precision))
        {
            view.Diagnostics.Report(from.PlaceOf(K.Repeat), "repeat and precision both say how often", "leave one out");
            return null;
        }
        Precision? precision = from.Given(K.Precision) ? Precise(from, view) : null;
        if (from.Given(K.Precision) && precision is null)
        {
            return null;
        }
        Replication replication = new(precision is not null ? from.Get(K.Precision)!.Get(K.Least) : from.Given(K.Repeat) ? from.Get(K.Repeat) : 1, precision);
        long runs = view.Experiment.Exact.Sum(exact => exact ? 1L : replication.Most);
        if (runs > SweepGrid.Limit)
        {
            view.Diagnostics.Report(
                from.PlaceOf(precision is null ? K.Repeat : K.Precision), string.Create(CultureInfo.InvariantCulture, $"{runs:N0} runs{(precision is null ? "" : " in the worst case")}"),
                string.Create(CultureInfo.InvariantCulture, $"at most {SweepGrid.Limit:N0}: fewer replications, or fewer points"));
            return null;
        }
        return replication;
    }

    private static Precision? Precise(Fields from, SweepView view)
    {
        Fields given = from.Get(K.Precision)!;
        ImmutableArray<int> of = [.. given.Get(K.Of).Select(m => view.Measure(m.Value, m.Where))];
        (bool relative, double within) = given.Get(K.Within) switch
        {
            Tolerance.Relative share => (true, share.Share),
            Tolerance.Absolute absolute => (false, absolute.Slack),
            _ => (false, double.NaN),
        };
        bool good = !of.Contains(-1);
        if (double.IsNaN(within) || within <= 0)
        {
            view.Diagnostics.Report(given.PlaceOf(K.Within), "a precision is a share of the mean or a number, and more than 0", "within: 2%");
            good = false;
        }
        if (view.Experiment.Exact.All(e => e))
        {
            view.Diagnostics.Report(from.PlaceOf(K.Precision), $"nothing is drawn in study '{view.Experiment.Study}', so replications are all alike", "remove precision");
            good = false;
        }
        if (given.Get(K.Least) > given.Get(K.Most))
        {
            view.Diagnostics.Report(given.PlaceOf(K.Least), $"at least {given.Get(K.Least)} replications, at most {given.Get(K.Most)}");
            good = false;
        }
        return good ? new Precision([.. of], relative, within, given.Get(K.Most)) { Where = given.PlaceOf(K.Within) } : null;
    }
}
