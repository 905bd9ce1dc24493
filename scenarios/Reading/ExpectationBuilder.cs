using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Reading;

/// <summary>Makes expectations from their fields, and refuses those that no run of this timeline could judge.</summary>
/// <param name="timelineWhole">False when some step could not be read: then nothing is said about steps that seem missing.</param>
internal sealed class ExpectationBuilder(TopologyRead topology, ImmutableArray<Step> timeline, bool timelineWhole, ReadContext context)
{
    private readonly SortedDictionary<string, Step> steps = Index(timeline);

    public ImmutableArray<Expectation> Build(ImmutableArray<Placed<Variant<ExpectationKind>>> variants)
    {
        ImmutableArray<Expectation>.Builder all = ImmutableArray.CreateBuilder<Expectation>(variants.Length);
        foreach (Placed<Variant<ExpectationKind>> variant in variants)
        {
            if (variant.Value.Kind.Build(variant.Value.Fields, this) is { } expectation)
            {
                all.Add(expectation);
            }
        }
        return all.ToImmutable();
    }

    /// <summary>The two ends of an exchange the timeline makes in this direction; null, and an error, when it makes none.</summary>
    public (EndpointId From, Ipv4Address To)? Exchanged(Fields fields, Key<EndpointId> from, Key<Target> to, Key<string> step) =>
        Ends(fields, from, to, step, (s, f, t, _) => IsExchange(s, f, t));

    /// <summary>The two ends of frames the timeline makes in this direction: those of an exchange, its answers, or crafted.</summary>
    public (EndpointId From, Ipv4Address To)? Sent(Fields fields, Key<EndpointId> from, Key<Target> to, Key<string> step) =>
        Ends(fields, from, to, step, (s, f, t, peer) =>
            IsExchange(s, f, t)
            || (s is FrameStep frame && frame.From == f)
            || (peer is { } other && IsExchange(s, other, topology.Topology[f].Address)));

    /// <summary>The step an expectation is about, or null.</summary>
    public string? StepName(Fields fields, Key<string> step)
    {
        if (!fields.Given(step))
        {
            return null;
        }
        string name = fields.Get(step);
        if (timelineWhole && !steps.ContainsKey(name))
        {
            context.Diagnostics.ReportUnknown(fields.PlaceOf(step), $"the timeline has no step '{name}'", name, steps.Keys);
        }
        return name;
    }

    public Expectation? Table(
        Fields fields, DropletId on, TableForm form, ImmutableArray<Placed<string>> contains, ImmutableArray<Placed<string>> absent, int? count)
    {
        if (contains.IsEmpty && absent.IsEmpty && count is null)
        {
            context.Diagnostics.Report(fields.Where, "table needs one of contains, absent, count");
            return null;
        }
        TableNames names = new(topology.Topology, context, on);
        return new TableExpectation(
            on,
            form.Name,
            [.. contains.Select(row => form.Row(row, names, context.Diagnostics))],
            [.. absent.Select(key => form.Key(key, names, context.Diagnostics))],
            count) { Where = fields.Where };
    }

    public Expectation? Statistics(Fields fields, DropletId on, Key<int> redirect, Key<int> expedited, Key<int> pass, Key<int> drop)
    {
        int? Of(Key<int> key) => fields.Given(key) ? fields.Get(key) : null;
        if (!fields.Given(redirect) && !fields.Given(expedited) && !fields.Given(pass) && !fields.Given(drop))
        {
            context.Diagnostics.Report(fields.Where, "statistics needs one of redirect, expedited, pass, drop");
            return null;
        }
        if (!topology.Topology[on].HasStatistics)
        {
            context.Diagnostics.Report(fields.Where, $"droplet '{topology.Topology[on].Name}' counts nothing", "statistics: on in the topology");
            return null;
        }
        return new StatisticsExpectation(on, Of(redirect), Of(expedited), Of(pass), Of(drop)) { Where = fields.Where };
    }

    /// <summary>Two VPCs, not one.</summary>
    public (VpcId A, VpcId B)? Pair(Fields fields, Key<ImmutableArray<Placed<VpcId>>> key)
    {
        ImmutableArray<Placed<VpcId>> pair = fields.Get(key);
        if (pair.Length == 2 && pair[0].Value != pair[1].Value)
        {
            return (pair[0].Value, pair[1].Value);
        }
        context.Diagnostics.Report(fields.PlaceOf(key), "isolated is about two VPCs", "[blue, red]");
        return null;
    }

    private static bool IsExchange(Step step, EndpointId from, Ipv4Address to) => step switch
    {
        PingStep s => s.From == from && s.To == to,
        UdpStep s => s.From == from && s.To == to,
        TcpStep s => s.From == from && s.To == to,
        _ => false,
    };

    private (EndpointId From, Ipv4Address To)? Ends(
        Fields fields, Key<EndpointId> from, Key<Target> to, Key<string> step, Func<Step, EndpointId, Ipv4Address, EndpointId?, bool> counts)
    {
        EndpointId sender = fields.Get(from);
        Exchange ends = topology.Resolve(sender, new Placed<Target>(fields.Get(to), fields.PlaceOf(to)), context);
        IEnumerable<Step> asked = !fields.Given(step) ? timeline : steps.TryGetValue(fields.Get(step), out Step? one) ? [one] : [];
        bool unknownStep = fields.Given(step) && !steps.ContainsKey(fields.Get(step));
        bool sound = topology.Sound(sender) && (fields.Get(to).Endpoint is not { } target || topology.Sound(target));
        if (timelineWhole && !unknownStep && sound && !asked.Any(s => counts(s, sender, ends.To, ends.Peer)))
        {
            string receiver = fields.Get(to).Endpoint is { } named ? $"'{topology.Topology[named].Name}'" : ends.To.ToString();
            context.Diagnostics.Report(
                fields.Where,
                $"{(fields.Given(step) ? $"step '{fields.Get(step)}' sends nothing" : "no step sends anything")} from '{topology.Topology[sender].Name}' to {receiver}",
                "an expectation nothing can meet");
            return null;
        }
        return (sender, ends.To);
    }

    private static SortedDictionary<string, Step> Index(ImmutableArray<Step> timeline)
    {
        SortedDictionary<string, Step> index = new(StringComparer.Ordinal);
        foreach (Step step in timeline)
        {
            index.TryAdd(step.Name, step);
        }
        return index;
    }
}
