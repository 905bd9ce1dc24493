using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Overlay;

namespace MizarLab.Observation.Comparing;

/// <summary>Compares what the steps' sockets saw: counts, bytes and whether they were whole; of two simulated runs also times.</summary>
internal static class OutcomeComparison
{
    public static void Compare(Scenario scenario, BackendRun left, BackendRun right, DifferenceList found)
    {
        bool times = !left.Traits.Live && !right.Traits.Live;
        for (int i = 0; i < scenario.Timeline.Length; i++)
        {
            Step step = scenario.Timeline[i];
            StepOutcome? l = Of(left, i);
            StepOutcome? r = Of(right, i);
            if (l is null && r is null)
            {
                continue; // nothing to disagree on; the judge fails whatever needs it
            }
            if (l is null || r is null)
            {
                found.Add(Tell(step, "outcome", l is null ? "no outcome" : "an outcome", r is null ? "no outcome" : "an outcome"));
                continue;
            }
            ImmutableArray<FieldDifference> fields = [.. Fields(l, times).Zip(Fields(r, times))
                .Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => new FieldDifference(pair.First.Name, pair.First.Value, pair.Second.Value))];
            if (!fields.IsEmpty)
            {
                found.Add(Tell(step, "outcome", Text(fields.Select(field => (field.Field, field.Left))), Text(fields.Select(field => (field.Field, field.Right)))) with { Fields = fields });
            }
        }
    }

    private static StepOutcome? Of(BackendRun run, int step) => run.Outcomes.FirstOrDefault(outcome => outcome.Step == step);

    private static IEnumerable<(string Name, string Value)> Fields(StepOutcome outcome, bool times)
    {
        yield return ("sent", Number(outcome.Sent));
        yield return ("arrived", Number(outcome.Arrived));
        yield return ("returned", Number(outcome.Returned));
        yield return ("bytes sent", Number(outcome.BytesSent));
        yield return ("bytes arrived", Number(outcome.BytesArrived));
        yield return ("bytes returned", Number(outcome.BytesReturned));
        yield return ("intact", outcome.Intact ? "yes" : "no");
        if (times)
        {
            yield return ("began", $"{outcome.Began.Picoseconds}ps");
            yield return ("ended", $"{outcome.Ended.Picoseconds}ps");
            yield return ("round trips", string.Join(" ", outcome.RoundTrips.Select(trip => $"{trip.Picoseconds}ps")));
        }
    }

    private static string Text(IEnumerable<(string Name, string Value)> fields) => string.Join(", ", fields.Select(field => $"{field.Name} {field.Value}"));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static Difference Tell(Step step, string aspect, string left, string right) =>
        new() { Where = step.Where, Subject = $"step '{step.Name}'", Aspect = aspect, Left = left, Right = right };
}
