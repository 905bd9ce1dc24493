using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// A droplet: frames from its endpoints' ports go through the agent, frames from its NIC through transit, and what the program
/// answers decides where they go. Its own network stack has no use for any frame: what is passed up ends here, but for what an agent hands to the
/// host's bridge, whose only other port is the NIC.
/// </summary>
internal sealed class DropletNode : IFabricHost
{
    private readonly SimulatedNetwork network;

    private FabricPort uplink = null!;

    public DropletNode(SimulatedNetwork network, DropletId droplet)
    {
        this.network = network;
        Droplet = droplet;
    }

    public NodeId Id { get; private set; }

    public DropletId Droplet { get; }

    public void Connect(NodeId id, FabricPort port)
    {
        Id = id;
        uplink = port;
    }

    public void Handle(in SimEvent happening)
    {
        switch (happening.Kind)
        {
            case FabricEvent.FromEndpoint:
                Run(ProgramId.Agent, new PortId((int)happening.Argument), happening.Subject);
                break;
            case FabricEvent.FromLink:
                Receive(happening.Subject, LinkArrival.Unpack(happening.Argument));
                break;
            case FabricEvent.Leave:
                Leave(new PortId((int)happening.Argument), happening.Subject);
                break;
            default:
                throw new InvalidOperationException($"a droplet knows no event of kind {happening.Kind}");
        }
    }

    private void Receive(int frame, LinkArrival arrival)
    {
        ref Waybill waybill = ref network.Frames.Waybill(frame);
        if (network.Fabric.HasFailed && network.Fabric.IsLost(in waybill, arrival.Packed))
        {
            network.Lose(frame, LossCause.LinkDown);
            return;
        }
        Addressing.Deliver(in waybill, ref network.Frames[frame]);
        if (network.Recorder.Enabled)
        {
            network.Recorder.Saw(SightingKind.WireReceived, Droplet, null, network.Frames.Evidence(frame), arrival.QueueFrames);
        }
        Run(ProgramId.Transit, PortId.Nic, frame);
    }

    private void Run(ProgramId program, PortId ingress, int frame)
    {
        byte[] before = network.Recorder.Enabled ? network.Frames.Evidence(frame) : [];
        network.DataPlane.Now = network.Simulation.Now;
        ProgramResult result = network.DataPlane.Run(Droplet, program, new AgentId(ingress.Value), ref network.Frames[frame]);
        network.CountRun(result.Verdict);
        SimTime time = network.Calibration.TimeOf(program, result.Reason);
        if (network.Recorder.Enabled)
        {
            EndpointId? speaker = program == ProgramId.Agent ? network.Ports.EndpointAt(Droplet, ingress) : null;
            ImmutableArray<TableChange> changes = network.ChangesOfLastRun();
            SimTime? pathTime = network.Calibration == Calibration.None ? null : time;
            network.Recorder.Ran(Droplet, speaker, program, result, before, network.Frames.EvidenceAfterRun(frame), changes, pathTime);
        }
        if (ExitOf(result, ingress) is not { } exit)
        {
            network.Frames.Release(frame);
        }
        else if (result.Reason == Reason.ToBridge)
        {
            Pace(frame, time);
        }
        else
        {
            LeaveAt(network.Simulation.Now + time, exit, frame);
        }
    }

    private void LeaveAt(SimTime when, PortId exit, int frame)
    {
        if (when <= network.Simulation.Now)
        {
            Leave(exit, frame);
        }
        else
        {
            network.Simulation.Schedule(when, Id, Id, FabricEvent.Leave, frame, exit.Value);
        }
    }

    /// <summary>Through the bridge and the limiter at the NIC's egress (§3.11); the bridge's own queues are never full, for the link's is behind them.</summary>
    private void Pace(int frame, SimTime time)
    {
        EgressAnswer answer = network.DataPlane is IPacesEgress limiter
            ? limiter.Egress(Droplet, in network.Frames[frame], SimTime.Zero)
            : new EgressAnswer(EgressVerdict.Pass, network.Simulation.Now);
        if (answer.Verdict == EgressVerdict.Drop)
        {
            network.Lose(frame, LossCause.RateLimited);
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
            network.ToEndpoint(this, port, frame);
        }
        else if (network.IsTooLong(frame, network.Topology.Underlay.MtuBytes))
        {
            network.Lose(frame, LossCause.TooLong);
        }
        else
        {
            network.Addressing.Address(ref network.Frames.Waybill(frame), in network.Frames[frame], Droplet.Index);
            uplink.Send(network.Shard, Id, frame);
        }
    }
}
