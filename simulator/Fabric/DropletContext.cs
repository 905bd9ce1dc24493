using MizarLab.DataPlane;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Whatever is behind the ports of droplets.</summary>
internal interface IEndpointSide
{
    /// <summary>Takes a frame that left a droplet by this port, or loses it.</summary>
    void Deliver(DropletNode from, PortId port, int frame);
}

/// <summary>What the droplets of one partition share.</summary>
/// <param name="Shard">Their partition.</param>
/// <param name="DataPlane">Executes every run; of this partition alone.</param>
/// <param name="Endpoints">Behind their ports.</param>
/// <param name="Addressing">Which droplet an outer header names.</param>
/// <param name="Calibration">How long programs take.</param>
/// <param name="Nic">Receive queues, and the cores behind them.</param>
/// <param name="MtuBytes">Of the underlay.</param>
internal sealed record DropletContext(
    Shard Shard, IDataPlane DataPlane, IEndpointSide Endpoints, Addressing Addressing, Calibration Calibration, NicSpec Nic, int MtuBytes)
{
    private readonly long[] runs = new long[(int)Verdict.Redirect + 1];

    /// <summary>Of runs, by the verdict they ended in.</summary>
    public ReadOnlySpan<long> Runs => runs;

    /// <summary>Frames that programs ended: neither sent on nor delivered.</summary>
    public ProgramEnds Ends { get; } = new();

    /// <summary>Load by role, in metered runs.</summary>
    public RoleMeter? Roles { get; init; }

    /// <summary>Sampled packets at every place, in traced runs.</summary>
    public PacketTrace? Trace { get; init; }

    /// <summary>Latency and hops by class, in runs that are measured.</summary>
    public FlowClassMeasures? Measures { get; init; }

    /// <summary>In recorded runs.</summary>
    public RunRecorder? Recorder { get; init; }

    /// <summary>The paced egress, where the data plane has one.</summary>
    public IPacesEgress? Pacer { get; } = DataPlane as IPacesEgress;

    /// <summary>The data plane, where it is the model and knows what a run will look at.</summary>
    public ModelDataPlane? Model { get; } = DataPlane as ModelDataPlane;

    public void Count(Verdict verdict) => runs[(int)verdict]++;
}

/// <summary>What recorded runs keep of program runs.</summary>
internal sealed class RunRecorder(Recorder recorder, FrameStore frames, IReportsChanges? changes, Management.PortMap ports)
{
    private byte[] before = [];

    public void Received(DropletId droplet, int frame, int queueFrames) =>
        recorder.Saw(SightingKind.WireReceived, droplet, null, frames.Evidence(frame), queueFrames);

    public void Begin(int frame) => before = frames.Evidence(frame);

    /// <param name="time">How long it took; null when runs claim no time.</param>
    public void End(DropletId droplet, ProgramId program, PortId ingress, int frame, in ProgramResult result, Engine.SimTime? time)
    {
        EndpointId? speaker = program == ProgramId.Agent ? ports.EndpointAt(droplet, ingress) : null;
        recorder.Ran(droplet, speaker, program, result, before, frames.EvidenceAfterRun(frame), changes is null ? default : [.. changes.TakeChanges()], time);
    }
}
