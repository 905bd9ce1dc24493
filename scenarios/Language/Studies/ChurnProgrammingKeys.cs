using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using MizarLab.Workload.Traffic;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>churn_programming: { architecture: mizar, hosts: 1_000, endpoints: 500, trace: { file: traces/zone.sqlite, speed: 86_400 }, days: 14 }</c>.</summary>
internal static class ChurnProgrammingKeys
{
    private const int MostEndpoints = 100_000, MostHosts = 50_000;

    private static readonly DurationShape Cost = new(SimTime.FromNanoseconds(1), SimTime.FromSeconds(1));
    private static readonly Key<ArchitectureKind> Architecture = Key.Needs(
        "architecture",
        new ChoiceShape<ArchitectureKind>("an architecture", ("mizar", ArchitectureKind.Mizar), ("lab", ArchitectureKind.Lab), ("full_mesh", ArchitectureKind.FullMesh), ("hoverboard", ArchitectureKind.Hoverboard)),
        "Who is told; the Mizars bring their own dialect.");
    private static readonly Key<int> Hosts = Key.Needs("hosts", new IntegerShape("a number of hosts", 1, MostHosts), "Endpoints are spread over them evenly.");
    private static readonly Key<int> Endpoints = Key.Needs("endpoints", new IntegerShape("a number of endpoints", 1, MostEndpoints), "That machines can be at once; the n-th is always on the same host.");
    private static readonly Key<Fields> Trace = Key.Needs("trace", ChurnTraceKeys.Shape, "Machines that came and went.");
    private static readonly Key<double> Days = Key.Needs("days", new NumberShape("a number of days", 0.001, 36_525), "Of the trace.");
    private static readonly Key<int> Partitions = Key.Has("partitions", new IntegerShape("a number of partitions", 1, 1_000), 4, "Parts of the controller that work side by side, each for its own receivers.");
    private static readonly Key<SimTime> Send = Key.Has("send", Cost, new ControlCosts().Send, "A sender's time for a row. Default: 219 000 rows a second, as a partition of Andromeda's.");
    private static readonly Key<SimTime> Apply = Key.Has("apply", Cost, new ControlCosts().Apply, "A receiver's time for a row. Default: 77 000 rows a second, as an OVS host agent.");
    private static readonly Key<SimTime> Link = Key.Has("link", Standard.Time, new ControlCosts().Link, "From a sender to a receiver.");

    public static readonly StudyKind Kind = new(
        new RecordShape(
            "churn_programming", "How long it takes until those who must know of an endpoint that comes or goes do, as machines of a trace come and go.",
            Architecture, Hosts, Endpoints, Trace, Days, W.Bouncers, W.Dividers, W.Gateways, Partitions, Send, Apply, Link),
        Make);

    private static ChurnProgrammingStudy? Make(Fields fields, StudyContext context)
    {
        int hosts = fields.Get(Hosts), endpoints = fields.Get(Endpoints);
        if (Architectures.IsMizar(fields.Get(Architecture)) && Math.Max(fields.Get(W.Bouncers), fields.Get(W.Dividers)) > hosts)
        {
            context.Diagnostics.Report(fields.PlaceOf(Hosts), $"{Math.Max(fields.Get(W.Bouncers), fields.Get(W.Dividers))} bouncers or dividers on {hosts} hosts", "at least as many hosts");
            return null;
        }
        double seconds = fields.Get(Days) * 86_400 / ChurnTraceKeys.SpeedOf(fields.Get(Trace));
        if (seconds > Reading.Limits.LongestTime.Picoseconds / 1e12)
        {
            context.Diagnostics.Report(fields.PlaceOf(Days), $"at this speed they take longer than {Reading.Limits.LongestTime}", "fewer days, or a greater speed");
            return null;
        }
        if (ChurnTraceKeys.Of(fields.Get(Trace), hosts, endpoints, new SimTime((long)(seconds * 1e12)), 0, context.Inputs, context.Diagnostics) is not { } law)
        {
            return null;
        }
        ImmutableArray<ChurnEvent> changes = [.. law(0)];
        if (changes[^1].Time == changes[0].Time)
        {
            context.Diagnostics.Report(fields.PlaceOf(Days), "everything happens at one time", "more days");
            return null;
        }
        ControlShape shape = new(endpoints, hosts)
        {
            Bouncers = fields.Get(W.Bouncers),
            Dividers = fields.Get(W.Dividers),
            Gateways = fields.Get(W.Gateways),
            Partitions = fields.Get(Partitions),
        };
        return new ChurnProgrammingStudy(fields.Get(Architecture), shape, new ControlCosts { Send = fields.Get(Send), Apply = fields.Get(Apply), Link = fields.Get(Link) }, changes, context.Settings);
    }
}
