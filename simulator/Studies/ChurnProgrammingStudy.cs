using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Workload.Traffic;

namespace MizarLab.Studies;

/// <summary>
/// Endpoints that come and go as the machines of a trace did, and how long it takes until everybody who must know does (spec 12 §8 E11). Who is told of an endpoint is the architecture's own
/// <see cref="ControlPlane"/>; a deletion is as many messages as a creation. Senders send one row after another, each receiver applies what it gets one after another.
/// </summary>
/// <remarks>
/// A receiver is told by one sender alone, so all queues are first come, first served with known arrivals, and Lindley's recursion gives every message's times without an event; a test holds it to
/// <see cref="ControlRun"/>, where every message is one.
/// </remarks>
/// <param name="architecture">One without relays.</param>
/// <param name="shape">Its endpoints are the numbers that changes name.</param>
/// <param name="costs">How long messages take.</param>
/// <param name="changes">In order of time.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class ChurnProgrammingStudy(ArchitectureKind architecture, ControlShape shape, ControlCosts costs, ImmutableArray<ChurnEvent> changes, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("changes", "changes", "Creations and deletions of endpoints"),
        new("rate", "1/s", "Changes a second, from the first to the last"),
        new("messages", "messages", "Control messages about them, over all receivers"),
        new("load", "", "Share of the time from the first change to the last that sending takes the busiest sender; above 1 it falls behind"),
        new("programming_mean", "s", "From a change until the last who must know of it has applied it"),
        new("programming_p99", "s", "99 of 100 changes take no longer"),
        new("programming_most", "s", "Nor does any"),
        new("backlog", "changes", "Changes that not everybody had applied yet, at most"),
        new("too_late", "machines", "Gone before everybody who must know had been told that they came"),
        new("drained", "s", "From the last change until nothing is left to do"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        ControlPlane plane = Architectures.ControlPlaneOf(architecture, shape, settings);
        ImmutableArray<(int Sender, ControlMessage Message)> told = [.. Enumerable.Range(0, plane.Senders).SelectMany(sender => plane.MessagesOf(sender).Where(m => m.Endpoint >= 0).Select(m => (sender, m)))];
        Grouping byEndpoint = new(told.Length, shape.Endpoints, i => told[i].Message.Endpoint);
        SimTime[] sent = new SimTime[plane.Senders], applied = new SimTime[plane.Receivers], known = new SimTime[shape.Endpoints];
        long[] work = new long[plane.Senders];
        SimTime[] delays = new SimTime[changes.Length];
        PriorityQueue<int, SimTime> open = new();
        (long messages, int backlog, int tooLate) = (0, 0, 0);
        SimTime end = SimTime.Zero;
        for (int c = 0; c < changes.Length; c++)
        {
            run.Cancel.ThrowIfCancellationRequested();
            ChurnEvent change = changes[c];
            SimTime last = change.Time;
            foreach (int i in byEndpoint.Of(change.Endpoint))
            {
                (int sender, ControlMessage message) = told[i];
                work[sender] += message.Rows;
                messages++;
                sent[sender] = Later(sent[sender], change.Time) + Times(costs.Send, message.Rows);
                SimTime at = applied[message.Receiver] = Later(applied[message.Receiver], sent[sender] + costs.Link) + Times(costs.Apply, message.Rows);
                last = Later(last, at);
            }
            if (change.Kind == ChurnKind.Deleted && known[change.Endpoint] > change.Time)
            {
                tooLate++;
            }
            known[change.Endpoint] = last;
            delays[c] = last - change.Time;
            end = Later(end, last);
            while (open.TryPeek(out _, out SimTime done) && done <= change.Time)
            {
                open.Dequeue();
            }
            open.Enqueue(c, last);
            backlog = Math.Max(backlog, open.Count);
        }
        Array.Sort(delays);
        SimTime span = changes.IsEmpty ? SimTime.Zero : changes[^1].Time - changes[0].Time;
        double seconds = Seconds(span);
        return StudyResult.Of(
            changes.Length, changes.Length / seconds, messages, work.Max() * Seconds(costs.Send) / seconds, delays.Average(Seconds), Seconds(delays[((delays.Length * 99) + 99) / 100 - 1]), Seconds(delays[^1]),
            backlog, tooLate, Seconds(end - changes[^1].Time));
    }

    private static SimTime Times(SimTime each, int count) => new(each.Picoseconds * count);

    private static SimTime Later(SimTime one, SimTime other) => one > other ? one : other;

    private static double Seconds(SimTime time) => time.Picoseconds / 1e12;
}
