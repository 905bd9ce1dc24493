using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// A droplet: frames from its endpoints' ports go through the agent, frames from its NIC through transit, and what the program
/// answers decides where they go. Its own network stack has no use for any frame: what is passed up ends here, but for what an agent hands to the
/// host's bridge, whose only other port is the NIC.
/// </summary>
internal sealed class DropletNode : IFabricHost, IForesees
{
    private readonly DropletContext context;
    private readonly Shard shard;
    private readonly Core[] cores;
    private SwitchedFabric fabric = null!;
    private FabricLinks links = null!;
    private int uplink;

    public DropletNode(DropletContext context, DropletId droplet)
    {
        this.context = context;
        shard = context.Shard;
        Droplet = droplet;
        cores = [.. Enumerable.Range(0, context.Nic.Queues).Select(_ => new Core(context.Nic.RingFrames))];
    }

    public NodeId Id { get; private set; }

    public DropletId Droplet { get; }

    public ReadOnlySpan<Core> Cores => cores;

    /// <summary>Where latency and hops of what it delivers are kept; null in runs that are not measured.</summary>
    public FlowClassMeasures? Measures => context.Measures;

    public void Connect(SwitchedFabric network, NodeId id, FabricPort port)
    {
        fabric = network;
        Id = id;
        (links, uplink) = (network.AllLinks, port.Link);
    }

    /// <summary>The mark of a packet of a traced run that an endpoint here sends, when it is in the sample.</summary>
    public PathMarks SampleMark(int source, int flow, int packet) => context.Trace?.MarkOf(source, flow, packet) ?? PathMarks.None;

    /// <summary>The same of a packet that a stack made: a connection is one flow in both directions.</summary>
    public PathMarks SampleMark(int source, ReadOnlySpan<byte> ip, int packet) => context.Trace?.MarkOf(source, ip, packet) ?? PathMarks.None;

    public DropletId? Runs => Droplet;

    public void Foresee(in SimEvent coming)
    {
        links.Foresee(uplink);
        if (coming.Kind == FabricEvent.FromLink)
        {
            context.Model?.Foresee(Droplet, in shard.Frames[coming.Subject]);
        }
    }

    /// <summary>Asks for what sending from a port will need.</summary>
    public void ForeseeTransmit(PortId port)
    {
        links.Foresee(uplink);
        context.Model?.Foresee(Droplet, new AgentId(port.Value));
    }

    public void Handle(in SimEvent happening)
    {
        switch (happening.Kind)
        {
            case FabricEvent.FromEndpoint:
                Transmit(new PortId((int)happening.Argument), happening.Subject);
                break;
            case FabricEvent.FromLink:
                Receive(happening.Subject, happening.Argument);
                break;
            case FabricEvent.Leave:
                Leave(new PortId((int)happening.Argument), happening.Subject);
                break;
            case FabricEvent.Served:
                Served((int)happening.Argument);
                break;
            default:
                throw new InvalidOperationException($"a droplet knows no event of kind {happening.Kind}");
        }
    }

    /// <summary>A frame from an endpoint: its core is that of the port.</summary>
    public void Transmit(PortId port, int frame)
    {
        Trace(TraceSpot.FromPort, port, frame);
        if (cores.Length == 0)
        {
            Run(ProgramId.Agent, port, frame);
        }
        else
        {
            Queue(port.Value % cores.Length, new Job(frame, port));
        }
    }

    private void Receive(int frame, long packedArrival)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (fabric.HasFailed && fabric.IsLost(in waybill, packedArrival))
        {
            shard.Lose(frame, LossCause.LinkDown, FabricPlace.OfLink(waybill.Link));
            return;
        }
        if (waybill.Marked)
        {
            Ecn.Mark(shard.Frames[frame].Head[Wire.Ethernet.Length..]);
            shard.Frames.ForgetEvidence(frame);
        }
        Trace(TraceSpot.NicIn, PortId.Nic, frame);
        context.Recorder?.Received(Droplet, frame, LinkArrival.Unpack(packedArrival).QueueFrames);
        if (cores.Length == 0)
        {
            Run(ProgramId.Transit, PortId.Nic, frame);
        }
        else
        {
            Queue(Ecmp.Choose(waybill.FlowHash, 0, cores.Length), new Job(frame, PortId.Nic));
        }
    }

    private void Queue(int core, Job job)
    {
        if (!cores[core].IsBusy)
        {
            Serve(core, job);
        }
        else if (!cores[core].TryWait(job, shard.Now))
        {
            shard.Lose(job.Frame, LossCause.RingFull, FabricPlace.Of(Droplet, core));
        }
    }

    /// <summary>Runs the program now, and has the core busy until the frame leaves.</summary>
    private void Serve(int core, Job job)
    {
        SimTime time = Run(job.Port == PortId.Nic ? ProgramId.Transit : ProgramId.Agent, job.Port, job.Frame);
        cores[core].Begin(shard.Now, time);
        shard.Schedule(shard.Now + time, Id, Id, FabricEvent.Served, 0, core);
    }

    private void Served(int core)
    {
        if (cores[core].Next(shard.Now) is { } job)
        {
            Serve(core, job);
        }
    }

    /// <returns>How long the core was at it.</returns>
    private SimTime Run(ProgramId program, PortId ingress, int frame)
    {
        context.Recorder?.Begin(frame);
        context.DataPlane.Now = shard.Now;
        RoleMeter? roles = context.Roles;
        int came = roles is null ? 0 : shard.Frames[frame].Length;
        ProgramResult result = context.DataPlane.Run(Droplet, program, new AgentId(ingress.Value), ref shard.Frames[frame]);
        context.Count(result.Verdict);
        roles?.Ran(Droplet, program, in result, shard.Now, program == ProgramId.Transit ? came : shard.Frames[frame].Length);
        if (context.Measures is not null)
        {
            shard.Frames.Waybill(frame).Marks |= PathMarking.Of(program, result.Reason);
        }
        SimTime time = context.Calibration.TimeOf(program, result.Reason);
        context.Recorder?.End(Droplet, program, ingress, frame, in result, context.Calibration.IsNone ? null : time);
        Trace(program == ProgramId.Agent ? TraceSpot.Agent : TraceSpot.Transit, ingress, frame, in result);
        if (ExitOf(result, ingress) is not { } exit)
        {
            context.Ends.Count(new ProgramEnd(Droplet, program, result.Verdict, result.Reason));
            shard.Frames.Release(frame);
        }
        else if (result.Reason == Reason.ToBridge)
        {
            Pace(frame, time);
        }
        else
        {
            LeaveAt(shard.Now + time, exit, frame);
        }
        return time;
    }

    private void LeaveAt(SimTime when, PortId exit, int frame)
    {
        if (when <= shard.Now)
        {
            Leave(exit, frame);
        }
        else
        {
            shard.Schedule(when, Id, Id, FabricEvent.Leave, frame, exit.Value);
        }
    }

    /// <summary>Through the bridge and the limiter at the NIC's egress (§3.11); the bridge's own queues are never full, for the link's is behind them.</summary>
    private void Pace(int frame, SimTime time)
    {
        EgressAnswer answer = context.Pacer is { } limiter
            ? limiter.Egress(Droplet, in shard.Frames[frame], SimTime.Zero)
            : new EgressAnswer(EgressVerdict.Pass, shard.Now);
        if (answer.Verdict == EgressVerdict.Drop)
        {
            shard.Lose(frame, LossCause.RateLimited, FabricPlace.Of(Droplet));
        }
        else
        {
            LeaveAt(answer.Departure + time, PortId.Nic, frame);
        }
    }

    /// <summary>The port a frame leaves by, or null where its way ends. A devmap slot is the port of that number (see <see cref="PortId"/>).</summary>
    private static PortId? ExitOf(in ProgramResult result, PortId ingress) => result.Verdict switch
    {
        Verdict.Redirect when result.Slot >= 0 => new PortId(result.Slot),
        Verdict.Tx => ingress,
        Verdict.Pass when result.Reason == Reason.ToBridge => PortId.Nic,
        _ => null,
    };

    private void Leave(PortId port, int frame)
    {
        if (port != PortId.Nic)
        {
            Trace(TraceSpot.ToPort, port, frame);
            context.Endpoints.Deliver(this, port, frame);
        }
        else if (Wire.IsTooLong(shard.Frames[frame].Length, context.MtuBytes))
        {
            shard.Lose(frame, LossCause.TooLong, FabricPlace.Of(Droplet));
        }
        else
        {
            Trace(TraceSpot.NicOut, PortId.Nic, frame);
            ref Waybill waybill = ref shard.Frames.Waybill(frame);
            context.Addressing.Address(ref waybill, in shard.Frames[frame], Droplet.Index);
            links.Send(uplink, shard, Id, frame, ref waybill);
        }
    }

    /// <summary>In traced runs a sampled frame is seen here.</summary>
    private void Trace(TraceSpot spot, PortId port, int frame, in ProgramResult result = default) =>
        context.Trace?.Saw(shard.Now, Droplet, port, spot, in shard.Frames.Waybill(frame), ref shard.Frames[frame], in result);
}
