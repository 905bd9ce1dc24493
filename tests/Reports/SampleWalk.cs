using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using static MizarLab.Tests.Reports.SampleTopology;

namespace MizarLab.Tests.Reports;

/// <summary>Frames on their way; each call adds what a backend would have seen.</summary>
internal sealed class SampleWalk(decimal slowness, bool live)
{
    private static readonly Plan Plan = Plan.Create(Scenario("ports", [], []));
    private DropletId here;
    private EndpointId? origin;
    private byte[] frame = [];

    public List<Sighting> Sightings { get; } = [];

    public SimTime Now { get; private set; }

    public SampleWalk Begin(EndpointId endpoint, SimTime at, byte[] sent)
    {
        Now = at;
        origin = endpoint;
        here = Lab[endpoint].Droplet;
        frame = sent;
        See(SightingKind.EndpointSent, endpoint);
        return this;
    }

    /// <summary>The program here sends it on to another droplet.</summary>
    public SampleWalk To(DropletId next)
    {
        bool agent = origin is not null;
        byte[] sent = agent
            ? SampleFrames.Encapsulate(frame, Lab[here], Lab[next], 3)
            : SampleFrames.Forward(frame, Lab[here], Lab[next]);
        Reason reason = agent ? next == Router1 ? Reason.DirectPath : Reason.ToBouncer
            : next == Router1 ? Reason.ToDivider
            : next == Right || next == Left ? Reason.ToHost
            : Reason.NetworkToBouncer;
        Run(Verdict.Redirect, reason, agent ? Devmap.Agent : Devmap.Transit, 0, sent);
        See(SightingKind.WireSent);
        Tick(10.04m);
        here = next;
        See(SightingKind.WireReceived);
        return this;
    }

    public SampleWalk Deliver(EndpointId endpoint)
    {
        Run(Verdict.Redirect, Reason.Delivered, Devmap.Transit, Plan.PortOf(endpoint, here).Value, frame[SampleFrames.Overhead..]);
        See(SightingKind.EndpointReceived, endpoint);
        return this;
    }

    public SampleWalk Drop(Reason reason)
    {
        Run(Verdict.Drop, reason, Devmap.None, -1, frame);
        return this;
    }

    private void Run(Verdict verdict, Reason reason, Devmap devmap, int slot, byte[] left)
    {
        Sightings.Add(new Sighting
        {
            Time = Now,
            Kind = SightingKind.Program,
            Droplet = here,
            Endpoint = origin,
            Program = origin is null ? ProgramId.Transit : ProgramId.Agent,
            Verdict = verdict,
            Reason = reason,
            Devmap = devmap,
            Slot = slot,
            FrameIn = frame,
            FrameOut = left,
            Changes = live ? default : reason == Reason.Delivered ? [new TableChange("direct_path", "3/10.0.0.2", "172.17.0.11 02:42:ac:11:00:0b")] : [],
            PathTime = live ? null : SimTime.FromNanoseconds(350),
        });
        Tick(0.35m);
        origin = null;
        frame = left;
    }

    private void See(SightingKind kind, EndpointId? endpoint = null)
    {
        Sightings.Add(new Sighting { Time = Now, Kind = kind, Droplet = here, Endpoint = endpoint, FrameIn = frame, FrameOut = frame });
        Tick(0.01m);
    }

    private void Tick(decimal microseconds) => Now += new SimTime((long)(microseconds * slowness * 1_000_000));
}
