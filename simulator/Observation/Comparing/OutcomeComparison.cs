using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Overlay;

namespace MizarLab.Observation.Comparing;

/// <summary>
/// Compares what the steps' sockets saw: the counts and bytes that have a meaning for a step of this kind, and whether the bytes were whole. Of two simulated
/// runs everything, times too.
/// </summary>
internal static class OutcomeComparison
{
    public static void Compare(Scenario scenario, BackendRun left, BackendRun right, DifferenceList found)
    {
        bool simulated = !left.Traits.Live && !right.Traits.Live;
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
            ImmutableArray<FieldDifference> fields = [.. Fields(step, l, simulated).Zip(Fields(step, r, simulated))
                .Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => new FieldDifference(pair.First.Name, pair.First.Value, pair.Second.Value))];
            if (!fields.IsEmpty)
            {
                found.Add(Tell(step, "outcome", Text(fields.Select(field => (field.Field, field.Left))), Text(fields.Select(field => (field.Field, field.Right)))) with { Fields = fields });
            }
        }
    }

    private static StepOutcome? Of(BackendRun run, int step) => run.Outcomes.FirstOrDefault(outcome => outcome.Step == step);

    private static IEnumerable<(string Name, string Value)> Fields(Step step, StepOutcome outcome, bool simulated)
    {
        bool socket = simulated || step is UdpStep or TcpStep;
        bool reply = simulated || step is UdpStep { Reply: true } or TcpStep { Reply: true };
        yield return ("sent", Number(outcome.Sent));
        if (simulated || step is not FrameStep)
        {
            yield return ("arrived", Number(outcome.Arrived));
        }
        if (simulated || step is UdpStep { Reply: true })
        {
            yield return ("returned", Number(outcome.Returned));
        }
        if (socket)
        {
            yield return ("bytes sent", Number(outcome.BytesSent));
            yield return ("bytes arrived", Number(outcome.BytesArrived));
            yield return ("intact", outcome.Intact ? "yes" : "no");
        }
        if (reply)
        {
            yield return ("bytes returned", Number(outcome.BytesReturned));
        }
        if (simulated)
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
