using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Workload.Applications;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Language;

/// <summary>Workloads between all endpoints, and endpoints that come, move and go: laws, written out when the file is read.</summary>
internal static class TrafficSteps
{
    private const int MostPackets = 20_000, MostChanges = 1_000;

    private static readonly Key<Variant<WorkloadForm>> Workload = Key.Needs("workload", WorkloadKeys.Shape, "Who sends how much to whom.");
    private static readonly Key<SimTime> For = Key.Needs("for", Standard.PositiveTime, "How long endpoints begin to send.");
    private static readonly Key<int> Seed = Key.Has("seed", new IntegerShape("a seed", 0, int.MaxValue), 1, "Of what the law draws.");
    private static readonly Key<SimTime> Timeout = Key.Has("timeout", Standard.PositiveTime, SimTime.FromSeconds(5), "How long the last is waited for.");

    public static readonly StepKind Traffic = new(
        new RecordShape(
            "traffic", "A workload: endpoints that are there send to each other as a law says, by their own stacks. For simulated backends.",
            Workload, For, Seed, Timeout, StepKinds.Name, StepKinds.At, StepKinds.Background),
        Build);

    private static readonly Key<ImmutableArray<Placed<EndpointId>>> Pool = Key.Needs("endpoints", new ListShape<EndpointId>(References.Endpoint, 256), "Who comes and goes; none is there when the timeline begins.");
    private static readonly Key<SimTime> Every = Key.May("every", Standard.PositiveTime, "Mean time between creations; exponential. Who is created is the first of the list that is not there.");
    private static readonly Key<SimTime> Life = Key.May("life", Standard.PositiveTime, "Mean time from creation to deletion; exponential. With every.");
    private static readonly Key<SimTime> Stay = Key.May("stay", Standard.PositiveTime, "Mean time on a droplet until it moves to another; exponential. Without it nobody moves.");
    private static readonly Key<Fields> Trace = Key.May("trace", ChurnTraceKeys.Shape, "In place of every and life: as machines of a recorded trace came and went.");
    private static readonly Key<SimTime> ChurnFor = Key.Needs("for", Standard.PositiveTime, "How long this goes on.");

    public static readonly StepKind Churn = new(
        new RecordShape("churn", "Endpoints are created, moved and deleted at a rate, each change a step of its own (name-1, name-2, …) not before its time.", Pool, Every, Life, Stay, Trace, ChurnFor, Seed, StepKinds.Name, StepKinds.At)
        {
            OneOf = [Every, Trace],
        },
        BuildChurn);

    /// <summary>Endpoints that a churn step creates: they are not there before.</summary>
    public static IEnumerable<EndpointId> PoolOf(Variant<StepKind> step) => step.Kind == Churn ? step.Fields.Get(Pool).NotDefault().Select(placed => placed.Value) : [];

    private static void Build(Fields fields, TimelineBuilder timeline)
    {
        Variant<WorkloadForm> workload = fields.Get(Workload);
        if (workload is null || !fields.Whole(Workload) || WorkloadKeys.CarrierOf(workload, timeline.Diagnostics) is not { } carrier)
        {
            return;
        }
        List<PlannedPacket> packets = [];
        SimTime until = fields.Get(For);
        string told = workload.Kind.Shape.Name;
        if (workload.Kind.Law is { } law)
        {
            foreach (ImmutableArray<EndpointId> group in timeline.Circles(WorkloadKeys.IsWithinVpc(workload)).Where(group => group.Length > 1))
            {
                StableHash own = new((ulong)fields.Get(Seed));
                own.Add(group[0].Index);
                WriteOut(law(workload.Fields, group.Length, carrier), [.. Enumerable.Range(0, group.Length)], member => group[member], (ulong)own.Finish());
            }
        }
        else if (CaptureKeys.Of(workload.Fields, timeline.Vpcs, timeline.CaptureVpcAt, timeline.Inputs, timeline.Diagnostics) is { } capture)
        {
            told = CaptureKeys.Tell(workload.Fields, capture, until);
            WriteOut(capture, capture.Sources, endpoint => new EndpointId(endpoint), 0);
        }
        else
        {
            return;
        }
        if (packets.Count == 0 || packets.Count > MostPackets)
        {
            timeline.Diagnostics.Report(
                fields.PlaceOf(Workload), packets.Count == 0 ? "nobody sends anything in this time" : $"more than {MostPackets} packets",
                $"another {(workload.Kind.Law is null ? "speed" : "rate")} or time; large runs are studies");
            return;
        }
        timeline.Add(fields, new TrafficStep([.. packets.OrderBy(p => (p.After, p.From))], carrier == Fabric.Transport.Tcp, fields.Get(Timeout))
        {
            Law = told,
            Name = "",
            Where = fields.Where,
        });

        void WriteOut(ITraffic traffic, IEnumerable<int> sources, Func<int, EndpointId> endpointOf, ulong seed)
        {
            foreach (int source in sources)
            {
                ITrafficStream stream = traffic.StreamOf(source, seed);
                while (packets.Count <= MostPackets && stream.TryNext(out TrafficPacket packet) && packet.Time <= until)
                {
                    packets.Add(new PlannedPacket(
                        packet.Time, endpointOf(source), endpointOf(packet.Destination), Math.Max(TrafficPlay.NumberBytes, packet.Bytes), packet.Flow, carrier == Fabric.Transport.Tcp ? 0 : packet.ReplyBytes));
                }
            }
        }
    }

    private static void BuildChurn(Fields fields, TimelineBuilder timeline)
    {
        ImmutableArray<Placed<EndpointId>> pool = fields.Get(Pool).NotDefault();
        if (pool.IsEmpty || !fields.Whole(Pool))
        {
            return;
        }
        if (pool.Select(p => p.Value).Distinct().Count() < pool.Length)
        {
            timeline.Diagnostics.Report(fields.PlaceOf(Pool), "an endpoint is named twice");
            return;
        }
        if (!fields.Given(Every) && !fields.Given(Trace))
        {
            return;
        }
        if (EventsOf(fields, timeline, pool.Length) is not { } events)
        {
            return;
        }
        SimTime start = fields.Given(StepKinds.At) ? fields.Get(StepKinds.At) : timeline.Latest;
        int number = 0;
        foreach (ChurnEvent change in events)
        {
            if (++number > MostChanges)
            {
                timeline.Diagnostics.Report(fields.Where, $"more than {MostChanges} changes", "a longer time between them, or a shorter run");
                return;
            }
            (EndpointId endpoint, SourcePlace where) = (pool[change.Endpoint].Value, pool[change.Endpoint].Where);
            DropletId to = new(change.Droplet);
            Step? step = change.Kind switch
            {
                ChurnKind.Created => timeline.World.Try(w => w.Create(endpoint, where), new CreateEndpointStep(endpoint) { Name = "", Where = fields.Where }),
                ChurnKind.Deleted => timeline.World.Try(w => w.Delete(endpoint, where), new DeleteEndpointStep(endpoint) { Name = "", Where = fields.Where }),
                _ when timeline.World.PlaceOf(endpoint) == to => null,
                _ => timeline.World.Try(w => w.Move(endpoint, where, to, where), new MoveEndpointStep(endpoint, to) { Name = "", Where = fields.Where }),
            };
            if (step is not null)
            {
                timeline.AddPart(fields, step, start + change.Time, $"-{number}");
            }
        }
        if (number == 0)
        {
            timeline.Diagnostics.Report(fields.Where, "nothing changes in this time", "another rate or time");
        }
    }

    /// <summary>By the law or by the trace; null after something was reported.</summary>
    private static IEnumerable<ChurnEvent>? EventsOf(Fields fields, TimelineBuilder timeline, int pool)
    {
        if (fields.Given(Trace))
        {
            return ChurnTraceKeys.Stands(fields, Life, Stay, timeline.Diagnostics)
                ? ChurnTraceKeys.Of(fields.Get(Trace), timeline.DropletCount, pool, fields.Get(ChurnFor), MostChanges, timeline.Inputs, timeline.Diagnostics)?.Invoke((ulong)fields.Get(Seed))
                : null;
        }
        return ChurnTraceKeys.HasLife(fields, Every, Life, timeline.Diagnostics)
            ? new Workload.Traffic.Churn(timeline.DropletCount, Exponential.Spans(fields.Get(Every)), Exponential.Spans(fields.Get(Life)))
            {
                Limit = pool,
                Stays = fields.Given(Stay) ? Exponential.Spans(fields.Get(Stay)) : null,
            }.Until(fields.Get(ChurnFor), (ulong)fields.Get(Seed))
            : null;
    }
}
