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
    private readonly Simulation simulation;
    private readonly SwitchedFabric fabric;
    private readonly TrafficSource?[] sources;
    private readonly DropletNode[] droplets;
    private readonly Shard[] shards;
    private readonly TrafficContext[] contexts;
    private readonly DropletContext[] dropletContexts;
    private readonly FramePool pool = new();
    private readonly FabricAudit? audit;
    private readonly QueueMeters? queues;
    private readonly EndpointPlaces places;
    private readonly ModelDataPlane model;
    private readonly GeneratedManagement management;
    private readonly SortedDictionary<SimTime, ImmutableArray<DropletId>> reactions = [];
    private readonly PriorityQueue<Step, (SimTime Time, int Number)> happenings = new();

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
        FabricPlan fabricPlan = new(map, d => topology.Roles.Droplets[d].Link, underlay.Link, setup.Seed)
        {
            SharedSalt = underlay.SharedEcmpHash,
            Convergence = underlay.Convergence,
            Watched = setup.Audited,
        };
        int partitions = Math.Min(setup.Partitions, map.Units);
        simulation = new Simulation(partitions, SwitchedFabric.LookaheadOf(fabricPlan));
        shards = [.. Enumerable.Range(0, partitions).Select(p => new Shard(simulation, p, new FrameStore(pool)))];
        sources = new TrafficSource?[topology.DropletCount];
        droplets = new DropletNode[topology.DropletCount];
        places = new EndpointPlaces(topology);
        management = new GeneratedManagement(plan, places, setup.Order);
        EndpointPackets packets = new(topology, setup.Ttl);
        Addressing addressing = new(map, topology.Roles.Droplets);
        TrafficSinks sinks = new(sources);
        contexts = [.. shards.Select(shard => new TrafficContext(setup, places, packets, shard, new TrafficTally()))];
        dropletContexts =
        [
            .. contexts.Select(context => new DropletContext(context.Shard, model.ForPartition(), sinks, addressing, setup.Calibration, underlay.Nic, underlay.MtuBytes)
            {
                Measures = context.Tally.Classes,
                Trace = setup.Sample is { } sample ? new PacketTrace(sample) : null,
                Roles = setup.Meters is { } meters ? new RoleMeter(topology.DropletCount, meters) : null,
            }),
        ];
        fabric = new SwitchedFabric(fabricPlan, unit => shards[(int)((long)unit * partitions / map.Units)], (droplet, shard) =>
        {
            DropletNode node = new(dropletContexts[shard.Partition], droplet);
            sources[droplet.Index] = new TrafficSource(contexts[shard.Partition], node);
            return droplets[droplet.Index] = node;
        });
        audit = setup.Audited ? new FabricAudit(fabric, droplets) : null;
        queues = setup.Meters is { } intervals ? new QueueMeters(fabric.Links, droplets, intervals) : null;
        model.CountsCaches = setup.Meters is not null;
        foreach (Step step in setup.Happenings)
        {
            happenings.Enqueue(step, (step.At ?? SimTime.Zero, happenings.Count));
        }
        for (int e = 0; e < topology.EndpointCount; e++)
        {
            EndpointId endpoint = new(e);
            Begin(endpoint, new EndpointPlace(topology.HostOf(endpoint), new PortId(topology.PortOf(endpoint))));
        }
        foreach (Shard shard in setup.Foresight && topology.DropletCount > 100 ? shards : [])
        {
            shard.Foresee(dropletContexts[shard.Partition].Model);
        }
    }

    public TrafficSetup Setup { get; }

    public GeneratedPlan Plan { get; }

    public SimTime Now => simulation.Now;

    public long Events => simulation.Executed;

    /// <summary>Link traversals.</summary>
    public long Hops => fabric.Links.Sum(link => link.Frames);

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
        shards.Sum(shard => shard.Losses.Total),
        dropletContexts.Sum(context => context.Ends.Total),
        pool.Capacity - pool.SpareCount - shards.Sum(shard => shard.Frames.FreeCount));

    /// <summary>TCP flows of all endpoints, by the droplet they began on and in order.</summary>
    public IEnumerable<FlowRecord> Flows => sources.SelectMany(source => source!.Tcp.Flows);

    /// <summary>What links carried so far.</summary>
    public IReadOnlyList<TierTraffic> Tiers => TierCounts.Of(fabric.Map, fabric.Links);

    /// <summary>Every droplet's arrivals in their order, every flow, and every link's traffic.</summary>
    public UInt128 Fingerprint
    {
        get
        {
            StableHash hash = default;
            foreach (TrafficSource? source in sources)
            {
                UInt128 digest = source!.Digest;
                hash.Add((long)(ulong)digest);
                hash.Add((long)(ulong)(digest >> 64));
                hash.Add(source.FramesOut);
                foreach (FlowRecord flow in source.Tcp.Flows)
                {
                    hash.Add(flow.Began.Picoseconds);
                    hash.Add(flow.Ended.Picoseconds);
                }
            }
            foreach (FabricPort link in fabric.Links)
            {
                hash.Add(link.Frames);
                hash.Add(link.Bytes);
                hash.Add(link.Waited.Picoseconds);
            }
            return hash.Finish();
        }
    }

    internal SwitchedFabric Fabric => fabric;

    internal EndpointPlaces Places => places;

    internal ModelDataPlane Model => model;

    internal ReadOnlySpan<DropletNode> Droplets => droplets;

    /// <summary>Frames the fabric lost for a cause.</summary>
    public long LostBy(LossCause cause) => shards.Sum(shard => shard.Losses[cause]);

    /// <summary>Frames that programs of all droplets ended, by where and why.</summary>
    public SortedDictionary<ProgramEnd, long> Ends
    {
        get
        {
            SortedDictionary<ProgramEnd, long> sums = [];
            foreach (DropletContext context in dropletContexts)
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
        foreach (DropletContext context in dropletContexts)
        {
            sum += context.Roles?[droplet]?.Sum(ProgramId.Transit, role) ?? default;
        }
        return sum;
    }

    /// <summary>What a metered run has measured so far, from its beginning: load by role, queues, losses and caches, by place.</summary>
    /// <exception cref="InvalidOperationException">It is not metered.</exception>
    public RunMeasures TakeMeasures()
    {
        MeterSettings settings = Setup.Meters ?? throw new InvalidOperationException("the run was not asked to be metered");
        FabricPlaceNames names = new(Plan.Topology.Shape.Underlay.Shape, fabric.Links, NameOf, endpoint => $"endpoint-{endpoint}");
        return new Measuring(settings, names, (droplets.Length, NameOf))
        {
            Roles = [.. dropletContexts.Select(context => context.Roles).OfType<RoleMeter>()],
            Queues = queues,
            Losses = [.. shards.Select(shard => shard.Losses)],
            Ends = [.. dropletContexts.Select(context => context.Ends)],
            Caches = model,
        }.Take(Now);

        static string NameOf(int droplet) => $"droplet-{droplet}";
    }

    /// <summary>What a traced run has seen so far of the packets in its sample; a flow's answers are its own flow at the other end.</summary>
    /// <exception cref="InvalidOperationException">It is not traced.</exception>
    public SampledTrace TakeTrace() => new(
        Setup.Sample ?? throw new InvalidOperationException("the run was not asked to trace a sample"), dropletContexts.Select(context => context.Trace!), droplet => $"droplet-{droplet}");

    /// <summary>Runs on up to a time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void RunUntil(SimTime time, int threads, CancellationToken cancel)
    {
        while (happenings.TryPeek(out Step? step, out (SimTime Time, int) at) && at.Time <= time)
        {
            simulation.Run(at.Time, long.MaxValue, cancel, threads);
            happenings.Dequeue();
            Apply(step, at.Time);
        }
        simulation.Run(time, long.MaxValue, cancel, threads);
    }

    /// <summary>Rows that the management plane has written and deleted because something happened.</summary>
    public long Updates { get; private set; }

    /// <summary>Between stretches of the run, so whatever partitions there are stand still.</summary>
    private void Apply(Step step, SimTime now)
    {
        switch (step)
        {
            case FailDropletStep s:
                fabric.Fail(s.Droplet, now);
                if (Setup.Detection is { } span)
                {
                    happenings.Enqueue(new WaitStep(SimTime.Zero) { Name = "", Where = default, At = now + span }, (now + span, -1 - s.Droplet.Index));
                    reactions[now + span] = [.. reactions.GetValueOrDefault(now + span, []), s.Droplet];
                }
                break;
            case WaitStep:
                foreach (DropletId failed in reactions.Remove(now, out ImmutableArray<DropletId> all) ? all : [])
                {
                    foreach (Step reaction in management.ReactionTo(failed).ToList())
                    {
                        Program(reaction);
                    }
                }
                break;
            case RestoreDropletStep s:
                fabric.Restore(s.Droplet);
                break;
            case FailSwitchStep s:
                fabric.Fail(fabric.LinksOf(s.Switch), now);
                break;
            case RestoreSwitchStep s:
                fabric.Restore(fabric.LinksOf(s.Switch));
                break;
            case FailLinkStep s:
                fabric.Fail(fabric.LinksBetween(s.One, s.Other), now);
                break;
            case RestoreLinkStep s:
                fabric.Restore(fabric.LinksBetween(s.One, s.Other));
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
        while (tcp.Flows[number] is { Failed: false } now && now.Ended == SimTime.Never && Now < end && simulation.Run(end, 1, CancellationToken.None) == RunEnd.EventLimit)
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
}
