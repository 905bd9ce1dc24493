using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Where the frames of a run are, of any kind and from its beginning: what its conservation is told by.</summary>
/// <param name="Out">That endpoints sent.</param>
/// <param name="In">That endpoints got.</param>
/// <param name="Lost">By the fabric.</param>
/// <param name="Ended">That programs ended.</param>
/// <param name="InFlight">On their way.</param>
public readonly record struct FrameAccount(long Out, long In, long Lost, long Ended, long InFlight)
{
    public bool IsConserved => Out == In + Lost + Ended + InFlight;
}

/// <summary>
/// A generated topology under workloads on the whole model data plane: endpoints are the sources, over any fabric, in as many partitions as wanted. Datagrams are made on the
/// fly, TCP has a stack for every endpoint that has connections. The same plan and setup give the same run, whatever the partitions and threads.
/// </summary>
/// <example><code>
/// GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(Droplets: 100, Endpoints: 10_000)), DataPlaneSettings.Lab);
/// ITraffic pairs = new GroupedTraffic(10_000, plan.Topology.Shape.EndpointsPerNetwork, members => OpenLoop.Poisson("web", new UniformPeers(members), rate, sizes, pacing));
/// TrafficNetwork network = new(plan, plan.Build(), new TrafficSetup([new(pairs)], Until: SimTime.FromMilliseconds(10)));
/// network.RunUntil(SimTime.FromMilliseconds(11), threads: 2, cancel);
/// double relayed = (double)network.Tally.Packets(PacketWay.Bouncer) / network.Tally.Arrived;
/// </code></example>
public sealed class TrafficNetwork
{
    private readonly PartitionedFabric fabric;
    private readonly TrafficSource?[] sources;
    private readonly DropletNode[] droplets;
    private readonly TrafficContext[] contexts;
    private readonly FabricAudit? audit;
    private readonly EndpointPlaces places;
    private readonly ModelDataPlane model;
    private readonly GeneratedManagement management;
    private readonly PriorityQueue<Happening, (SimTime Time, int Number)> happenings = new();

    /// <summary>Of reactions, which come before all that happens at their time.</summary>
    private int reactions = int.MinValue;

    /// <param name="plan">The topology and its rows.</param>
    /// <param name="model">With the plan's rows written.</param>
    /// <param name="setup">What to play.</param>
    public TrafficNetwork(GeneratedPlan plan, ModelDataPlane model, TrafficSetup setup)
    {
        Setup = setup;
        Plan = plan;
        this.model = model;
        GeneratedTopology topology = plan.Topology;
        Underlay underlay = topology.Shape.Underlay;
        FabricMap map = new(underlay.Shape, topology.DropletCount);
        fabric = new PartitionedFabric(new FabricPlan(map, d => topology.Roles.Droplets[d].Link, underlay.Link, setup.Seed)
        {
            SharedSalt = underlay.SharedEcmpHash,
            Convergence = underlay.Convergence,
            Watched = setup.Audited,
        }, setup.Partitions, new FramePool());
        sources = new TrafficSource?[topology.DropletCount];
        droplets = new DropletNode[topology.DropletCount];
        places = new EndpointPlaces(topology);
        management = new GeneratedManagement(plan, places, setup.Order);
        EndpointPackets packets = new(topology, setup.Ttl);
        Addressing addressing = new(map, topology.Roles.Droplets);
        TrafficSinks sinks = new(sources);
        contexts = [.. fabric.Shards.Select(shard => new TrafficContext(setup, places, packets, shard, new TrafficTally()))];
        TraceBudget budget = new(setup.SampleBytes, fabric.Simulation.Lookahead);
        fabric.Contexts =
        [
            .. contexts.Select(context => new DropletContext(context.Shard, model.ForPartition(), sinks, addressing, setup.Calibration, underlay.Nic, underlay.MtuBytes)
            {
                Measures = context.Tally.Classes,
                Trace = setup.Sample is { } sample ? new PacketTrace(sample, budget) : null,
                Roles = setup.Meters is { } meters ? new RoleMeter(topology.DropletCount, meters) : null,
            }),
        ];
        fabric.Connect((droplet, shard) =>
        {
            DropletNode node = new(fabric.Contexts[shard.Partition], droplet);
            sources[droplet.Index] = new TrafficSource(contexts[shard.Partition], node);
            return droplets[droplet.Index] = node;
        });
        audit = setup.Audited ? new FabricAudit(fabric.Switched, droplets) : null;
        fabric.Queues = setup.Meters is { } intervals ? new QueueMeters(fabric.Switched.Links, droplets, intervals) : null;
        model.CountsCaches = setup.Meters is not null;
        foreach (Step step in setup.Happenings)
        {
            happenings.Enqueue(new Happening(step, default, IsBack: false), (step.At ?? SimTime.Zero, happenings.Count));
        }
        if (setup.Preprogrammed)
        {
            FullMeshRows.Write(plan, model);
        }
        for (int e = 0; e < topology.EndpointCount; e++)
        {
            EndpointId endpoint = new(e);
            Begin(endpoint, new EndpointPlace(topology.HostOf(endpoint), new PortId(topology.PortOf(endpoint))));
        }
        foreach (Shard shard in setup.Foresight && topology.DropletCount > 100 ? fabric.Shards : [])
        {
            shard.Foresee(fabric.Contexts[shard.Partition].Model);
        }
    }

    public TrafficSetup Setup { get; }

    public GeneratedPlan Plan { get; }

    public SimTime Now => fabric.Simulation.Now;

    public long Events => fabric.Simulation.Executed;

    /// <summary>Link traversals.</summary>
    public long Hops => fabric.Hops;

    /// <summary>Endpoints that have a TCP stack.</summary>
    public int Stacks => sources.Sum(source => source!.Tcp.Stacks);

    /// <summary>Of all partitions together.</summary>
    public TrafficTally Tally
    {
        get
        {
            TrafficTally sum = new();
            foreach (TrafficContext context in contexts)
            {
                sum.Merge(context.Tally);
            }
            return sum;
        }
    }

    public FrameAccount Frames => new(
        sources.Sum(source => source!.FramesOut),
        sources.Sum(source => source!.FramesIn),
        fabric.Lost,
        fabric.Ended,
        fabric.InFlight);

    /// <summary>TCP flows of all endpoints, by the droplet they began on and in order.</summary>
    public IEnumerable<FlowRecord> Flows => sources.SelectMany(source => source!.Tcp.Flows);

    /// <summary>What links carried so far.</summary>
    public IReadOnlyList<TierTraffic> Tiers => fabric.Tiers;

    /// <summary>Every droplet's arrivals in their order, every flow, and every link's traffic.</summary>
    public UInt128 Fingerprint
    {
        get
        {
            StableHash hash = default;
            foreach (TrafficSource? source in sources)
            {
                hash.Add(source!.Digest);
                hash.Add(source.FramesOut);
                foreach (FlowRecord flow in source.Tcp.Flows)
                {
                    hash.Add(flow.Began.Picoseconds);
                    hash.Add(flow.Ended.Picoseconds);
                }
            }
            fabric.AddLinksTo(ref hash);
            return hash.Finish();
        }
    }

    internal SwitchedFabric Fabric => fabric.Switched;

    internal EndpointPlaces Places => places;

    internal ModelDataPlane Model => model;

    internal ReadOnlySpan<DropletNode> Droplets => droplets;

    /// <summary>Frames the fabric lost for a cause.</summary>
    public long LostBy(LossCause cause) => fabric.Shards.Sum(shard => shard.Losses[cause]);

    /// <summary>Frames that programs of all droplets ended, by where and why.</summary>
    public SortedDictionary<ProgramEnd, long> Ends
    {
        get
        {
            SortedDictionary<ProgramEnd, long> sums = [];
            foreach (DropletContext context in fabric.Contexts)
            {
                context.Ends.AddTo(sums);
            }
            return sums;
        }
    }

    /// <summary>What a droplet's transit program did in a role, of frames that came over the wire.</summary>
    public RoleSum LoadOf(DropletId droplet, RunRole role)
    {
        RoleSum sum = default;
        foreach (DropletContext context in fabric.Contexts)
        {
            sum += context.Roles?[droplet]?.Sum(ProgramId.Transit, role) ?? default;
        }
        return sum;
    }

    /// <summary>What a metered run has measured so far, from its beginning: load by role, queues, losses and caches, by place.</summary>
    /// <exception cref="InvalidOperationException">It is not metered.</exception>
    public RunMeasures TakeMeasures() => fabric.TakeMeasures(Setup.Meters, model);

    /// <summary>What a traced run has seen so far of the packets in its sample; a flow's answers are its own flow at the other end.</summary>
    /// <exception cref="InvalidOperationException">It is not traced.</exception>
    public SampledTrace TakeTrace() => fabric.TakeTrace(Setup.Sample);

    /// <summary>Runs on up to a time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void RunUntil(SimTime time, int threads, CancellationToken cancel)
    {
        while (happenings.TryPeek(out Happening next, out (SimTime Time, int) at) && at.Time <= time)
        {
            fabric.Simulation.Run(at.Time, long.MaxValue, cancel, threads);
            happenings.Dequeue();
            if (next.Step is { } step)
            {
                Apply(step, at.Time);
            }
            else
            {
                React(next);
            }
        }
        fabric.Simulation.Run(time, long.MaxValue, cancel, threads);
    }

    /// <summary>Rows that the management plane has written and deleted because something happened.</summary>
    public long Updates { get; private set; }

    /// <summary>Between stretches of the run, so whatever partitions there are stand still.</summary>
    private void Apply(Step step, SimTime now)
    {
        switch (step)
        {
            case FailDropletStep s:
                Fabric.Fail(s.Droplet, now);
                Notice(s.Droplet, now, isBack: false);
                break;
            case WaitStep:
                break;
            case RestoreDropletStep s:
                Fabric.Restore(s.Droplet);
                Notice(s.Droplet, now, isBack: true);
                break;
            case FailSwitchStep s:
                Fabric.Fail(Fabric.LinksOf(s.Switch), now);
                break;
            case RestoreSwitchStep s:
                Fabric.Restore(Fabric.LinksOf(s.Switch));
                break;
            case FailLinkStep s:
                Fabric.Fail(Fabric.LinksBetween(s.One, s.Other), now);
                break;
            case RestoreLinkStep s:
                Fabric.Restore(Fabric.LinksBetween(s.One, s.Other));
                break;
            case CreateEndpointStep s:
                Place(step, s.Endpoint, isThere: true);
                break;
            case MoveEndpointStep s:
                Place(step, s.Endpoint, isThere: true);
                break;
            case DeleteEndpointStep s:
                Place(step, s.Endpoint, isThere: false);
                break;
            default:
                Program(step);
                break;
        }
    }

    /// <summary>The management plane will notice what became of a droplet.</summary>
    private void Notice(DropletId droplet, SimTime now, bool isBack)
    {
        if (Setup.Detection is { } span)
        {
            happenings.Enqueue(new Happening(null, droplet, isBack), (now + span, reactions++));
        }
    }

    /// <summary>It has noticed.</summary>
    private void React(in Happening noticed)
    {
        foreach (Step reaction in (noticed.IsBack ? management.ReactionToReturn(noticed.Droplet) : management.ReactionTo(noticed.Droplet)).ToList())
        {
            Program(reaction);
        }
    }

    /// <summary>An endpoint's stack goes before its rows do, and on its new droplet knows no neighbour.</summary>
    private void Place(Step step, EndpointId endpoint, bool isThere)
    {
        if (places.Find(endpoint) is { } old)
        {
            End(endpoint, old);
        }
        Program(step);
        if (isThere && places.Find(endpoint) is { } place)
        {
            Begin(endpoint, place);
        }
    }

    private void Program(Step step)
    {
        foreach (TableUpdate update in management.Change(step))
        {
            update.ApplyTo(model);
            Updates++;
        }
    }

    /// <summary>Asks for what holds in every run, and in an audited one for the identities of its queues.</summary>
    /// <exception cref="IdentityException">Something does not hold.</exception>
    public void CloseAudit()
    {
        audit?.Close(Now);
        FrameAccount account = Frames;
        if (!account.IsConserved)
        {
            throw new IdentityException($"frames are not conserved: {account}");
        }
    }

    /// <summary>Opens one flow now, and runs on to its end; event by event, or the clock would be where the last timer is.</summary>
    internal FlowRecord PlayOne(in FlowRecord flow, SimTime longest)
    {
        EndpointPlace place = places.Find(flow.Source) ?? throw new ArgumentException($"endpoint {flow.Source.Index} is nowhere", nameof(flow));
        TcpEndpoints tcp = sources[place.Droplet.Index]!.Tcp;
        SimTime end = Now + longest;
        int number = tcp.Open(flow.Source, place.Port, flow.Destination, flow.Bytes);
        while (tcp.Flows[number] is { Failed: false } now && now.Ended == SimTime.Never && Now < end && fabric.Simulation.Run(end, 1, CancellationToken.None) == RunEnd.EventLimit)
        {
        }
        return tcp.Flows[number];
    }

    /// <summary>An endpoint's part of all workloads begins, from now on.</summary>
    internal void Begin(EndpointId endpoint, EndpointPlace place)
    {
        for (int workload = 0; workload < Setup.Workloads.Length; workload++)
        {
            Play(endpoint, place, workload);
        }
    }

    /// <summary>The endpoint is on its droplet no more.</summary>
    internal void End(EndpointId endpoint, EndpointPlace place) => sources[place.Droplet.Index]!.Leave(endpoint);

    private void Play(EndpointId endpoint, EndpointPlace place, int workload) =>
        sources[place.Droplet.Index]!.Play(endpoint, place.Port, workload, Setup.Workloads[workload].Law.StreamOf(endpoint.Index, Setup.Seed), Now);

    /// <param name="Step">Of the setup; null: the management plane notices something.</param>
    /// <param name="Droplet">The droplet, then.</param>
    /// <param name="IsBack">It is back; else it has failed.</param>
    private readonly record struct Happening(Step? Step, DropletId Droplet, bool IsBack);
}
