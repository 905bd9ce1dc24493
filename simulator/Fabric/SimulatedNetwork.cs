using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload;
using MizarLab.Workload.Tcp;

namespace MizarLab.Fabric;

/// <summary>What a simulated network may be told.</summary>
/// <param name="Seed">Of all randomness in it.</param>
/// <param name="Calibration">How long programs take.</param>
/// <param name="Record">Whether sightings are kept; without, a run allocates nothing a frame.</param>
/// <param name="Measure">Whether latency and hops are kept by class (<see cref="SimulatedNetwork.Measures"/>).</param>
public sealed record FabricOptions(ulong Seed, Calibration Calibration, bool Record = true, bool Measure = false)
{
    /// <summary>Endpoints take what reaches them and answer nothing, for whoever crafts every frame.</summary>
    public bool Silent { get; init; }

    /// <summary>Load, queues and caches over time are kept (<see cref="SimulatedNetwork.TakeMeasures"/>), in these intervals; null: they are not.</summary>
    public MeterSettings? Meters { get; init; }
}

/// <summary>
/// All droplets of a topology on one switch, with endpoints and their stacks, carried by one event queue: the fabric that the model
/// and the compiled programs share. Which of the two executes a hop is the <see cref="IDataPlane"/>'s affair.
/// </summary>
/// <remarks>
/// A frame's way: endpoint's interface → agent → NIC queue → wire → switch → port queue → wire → transit → … → endpoint's interface.
/// Interfaces between an endpoint and its agent take no time. The clock starts at zero when the timeline begins.
/// </remarks>
public sealed class SimulatedNetwork : IWireWatch, IEndpointSide
{
    private readonly DropletNode[] droplets;
    private readonly EndpointNode[] endpoints;
    private readonly DropletContext context;
    private readonly FabricAudit? audit;
    private readonly FrameLedger? packets;
    private readonly MeterSettings? meters;
    private readonly QueueMeters? queues;

    public SimulatedNetwork(Plan plan, IDataPlane dataPlane, FabricOptions options)
    {
        Topology = plan.Topology;
        Ports = plan.Ports;
        Tcp = plan.Scenario.Tcp;
        DataPlane = dataPlane;
        Seed = options.Seed;
        IsSilent = options.Silent;
        Recorder = new Recorder(Simulation, options.Record);
        IReportsChanges? changes = options.Record ? dataPlane as IReportsChanges : null;
        changes?.ReportChanges = true;
        FabricMap map = new(Topology.Underlay.Shape, Topology.Droplets.Length);
        Shard = new Shard(Simulation, 0, Frames) { Watch = options.Record ? this : null };
        context = new DropletContext(
            Shard, dataPlane, this, new Addressing(map, Topology.Droplets), options.Calibration, Topology.Underlay.Nic, Topology.Underlay.MtuBytes)
        {
            Measures = options.Measure ? new FlowClassMeasures() : null,
            Roles = options.Meters is { } settings ? new RoleMeter(Topology.Droplets.Length, settings) : null,
            Recorder = options.Record ? new RunRecorder(Recorder, Frames, changes, Ports) : null,
        };
        droplets = [.. Topology.Droplets.Select((_, i) => new DropletNode(context, new DropletId(i)))];
        FabricPlan fabric = new(map, d => Topology.Droplets[d].Link, Topology.Underlay.Link, Seed) 
        {
            Watched = options.Record,
            SharedSalt = Topology.Underlay.SharedEcmpHash,
            Convergence = Topology.Underlay.Convergence,
        };
        Fabric = new SwitchedFabric(fabric, _ => Shard, (droplet, _) => droplets[droplet.Index]);
        if (options.Record)
        {
            audit = new FabricAudit(Fabric, droplets);
            Frames.Witness = packets = new FrameLedger(() => Simulation.Now);
        }
        if ((meters = options.Meters) is not null)
        {
            queues = new QueueMeters(Fabric.Links, droplets, meters);
            (dataPlane as ICountsCaches)?.CountsCaches = true;
        }
        endpoints = [.. Topology.Endpoints.Select((_, i) => new EndpointNode(this, new EndpointId(i)))];
    }

    public Simulation Simulation { get; } = new();

    public Topology Topology { get; }

    /// <summary>What the fabric itself lost.</summary>
    public Losses Losses => Shard.Losses;

    /// <summary>From one endpoint's interface to another's, of every IPv4 packet; null unless told to measure.</summary>
    public FlowClassMeasures? Measures => context.Measures;

    /// <summary>Frames that reached endpoints' interfaces.</summary>
    public long Delivered { get; private set; }

    /// <summary>Frames on their way now.</summary>
    public int FramesInFlight => Frames.Taken;

    /// <summary>Program runs so far: one a hop.</summary>
    public long Hops
    {
        get
        {
            long sum = 0;
            foreach (long runs in context.Runs)
            {
                sum += runs;
            }
            return sum;
        }
    }

    internal PortMap Ports { get; }

    internal TcpSettings Tcp { get; }

    internal IDataPlane DataPlane { get; }

    internal ulong Seed { get; }

    internal bool IsSilent { get; }

    internal Recorder Recorder { get; }

    internal FrameStore Frames { get; } = new();

    internal Shard Shard { get; }

    internal SwitchedFabric Fabric { get; }

    internal DropletNode this[DropletId droplet] => droplets[droplet.Index];

    /// <summary>Everything seen so far, in order.</summary>
    public ImmutableArray<Sighting> Sightings => Recorder.ToImmutable();

    /// <summary>Program runs so far that ended in this verdict.</summary>
    public long Runs(Verdict verdict) => context.Runs[(int)verdict];

    /// <summary>The endpoint's stack; null while the endpoint does not exist.</summary>
    public EndpointStack? StackOf(EndpointId endpoint) => endpoints[endpoint.Index].Stack;

    /// <summary>Puts an endpoint on a droplet, with a stack that knows no neighbour.</summary>
    /// <exception cref="InvalidOperationException">It is on a droplet already.</exception>
    public void Attach(EndpointId endpoint, DropletId droplet) => endpoints[endpoint.Index].Attach(droplet);

    /// <summary>Takes an endpoint away with its stack. What is on its way to it is lost.</summary>
    /// <exception cref="InvalidOperationException">It is on no droplet.</exception>
    public void Detach(EndpointId endpoint) => endpoints[endpoint.Index].Detach();

    /// <summary>Sends a frame as it is by the endpoint's interface.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is on no droplet.</exception>
    public void Inject(EndpointId endpoint, ReadOnlySpan<byte> frame) => endpoints[endpoint.Index].Transmit(frame);

    /// <summary>Sends a frame as it is to a droplet's NIC, as if the switch had it from somebody.</summary>
    public void InjectUnderlay(DropletId to, ReadOnlySpan<byte> frame)
    {
        int taken = Frames.Take(frame);
        Frames.Waybill(taken).Born = SimTime.Never;
        context.Addressing.Address(ref Frames.Waybill(taken), in Frames[taken], sender: -1);
        Fabric.Downlink(to).Send(Shard, Fabric.SwitchOf(to), taken);
    }

    /// <summary>The droplet's NIC goes silent in both directions, and what is on its link is lost.</summary>
    public void Fail(DropletId droplet) => Fabric.Fail(droplet, Simulation.Now);

    /// <summary>The droplet's NIC is back.</summary>
    public void Restore(DropletId droplet) => Fabric.Restore(droplet);

    void IWireWatch.Sent(int frame, LinkArrival arrival) =>
        Recorder.Saw(SightingKind.WireSent, new DropletId(Frames.Waybill(frame).Sender), null, Frames.Evidence(frame), arrival.QueueFrames);

    void IEndpointSide.Deliver(DropletNode from, PortId port, int frame)
    {
        if (Ports.EndpointAt(from.Droplet, port) is not { } endpoint || endpoints[endpoint.Index].Attachment(from.Droplet) is not { } attachment)
        {
            Shard.Lose(frame, LossCause.NoEndpoint, FabricPlace.Of(from.Droplet));
        }
        else if (Wire.IsTooLong(Frames[frame].Length, Topology[endpoint].MtuBytes))
        {
            Shard.Lose(frame, LossCause.TooLong, FabricPlace.Of(endpoint));
        }
        else
        {
            Simulation.Schedule(Simulation.Now, endpoints[endpoint.Index].Id, from.Id, FabricEvent.ToEndpoint, frame, attachment);
        }
    }

    /// <summary>Asks a recorded run for the identities that hold on every path (spec 12 §6.1).</summary>
    /// <exception cref="IdentityException">One does not hold.</exception>
    public void CloseAudit()
    {
        audit?.Close(Simulation.Now);
        packets?.Close(Simulation.Now, Delivered + Losses.Total + context.Ends.Total, FramesInFlight);
    }

    /// <summary>What a metered run has measured so far.</summary>
    /// <exception cref="InvalidOperationException">It is not metered.</exception>
    public RunMeasures TakeMeasures()
    {
        MeterSettings settings = meters ?? throw new InvalidOperationException("the run was not asked to be metered");
        FabricPlaceNames names = new(Topology.Underlay.Shape, Fabric.Links, d => Topology.Droplets[d].Name, e => Topology.Endpoints[e].Name);
        return new Measuring(settings, names, (Topology.Droplets.Length, d => Topology.Droplets[d].Name))
        {
            Roles = [context.Roles!],
            Queues = queues,
            Losses = [Losses],
            Ends = [context.Ends],
            Caches = DataPlane as ICountsCaches,
        }.Take(Simulation.Now);
    }

    internal void CountDelivered(int frame)
    {
        Delivered++;
        ref Waybill waybill = ref Frames.Waybill(frame);
        if (context.Measures is { } measures && waybill.Born != SimTime.Never)
        {
            measures.Delivered(waybill.Marks, Simulation.Now - waybill.Born, waybill.Hops);
        }
    }
}
