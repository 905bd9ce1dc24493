using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Collects what is seen, in the order it happens. Nobody makes bytes for it unless it wants them.</summary>
internal sealed class Recorder(Simulation simulation, bool enabled)
{
    private readonly ImmutableArray<Sighting>.Builder sightings = ImmutableArray.CreateBuilder<Sighting>();

    /// <summary>False in a run that is only to be fast.</summary>
    public bool Enabled => enabled;

    public void Saw(SightingKind kind, DropletId droplet, EndpointId? endpoint, byte[] frame, int? queueFrames = null) =>
        sightings.Add(new Sighting
        {
            Time = simulation.Now,
            Kind = kind,
            Droplet = droplet,
            Endpoint = endpoint,
            FrameIn = frame,
            FrameOut = frame,
            QueueFrames = queueFrames,
        });

    public void Ran(
        DropletId droplet,
        EndpointId? endpoint,
        ProgramId program,
        in ProgramResult result,
        byte[] frameIn,
        byte[] frameOut,
        ImmutableArray<TableChange> changes,
        SimTime? pathTime) =>
        sightings.Add(new Sighting
        {
            Time = simulation.Now,
            Kind = SightingKind.Program,
            Droplet = droplet,
            Endpoint = endpoint,
            Program = program,
            Verdict = result.Verdict,
            Reason = result.Reason,
            Devmap = result.Devmap,
            Slot = result.Slot,
            FrameIn = frameIn,
            FrameOut = frameOut,
            Changes = changes,
            PathTime = pathTime,
        });

    public ImmutableArray<Sighting> ToImmutable() => sightings.ToImmutable();
}
