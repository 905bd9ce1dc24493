using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Management;

namespace MizarLab.Tests.Observation;

/// <summary>
/// A run written down by hand: each <see cref="Walk"/> adds the sightings one frame leaves. Droplets and endpoints are those of
/// <see cref="TestTopology"/>: a on d0, b and c on d1, bouncers d2 and d3, divider d4.
/// </summary>
internal sealed class SyntheticRun(bool live = false, params Step[] timeline)
{
    public static readonly EndpointId A = new(0);
    public static readonly EndpointId B = new(1);
    public static readonly EndpointId C = new(2);

    public static readonly SimTime Hop = SimTime.FromMicroseconds(10);

    private readonly List<Sighting> sightings = [];
    private readonly List<StepOutcome> outcomes = [];
    private readonly List<TableDump> tables = [];

    public ImmutableArray<Expectation> Expect { get; set; } = [];

    public Func<Topology, Topology> Reshape { get; set; } = topology => topology;

    public long Missed { get; set; }

    public Plan Plan => Plan.Create(Scenario);

    public Scenario Scenario
    {
        get
        {
            Scenario plain = TestTopology.Scenario(timeline);
            return plain with { Expect = Expect, Topology = Reshape(plain.Topology) };
        }
    }

    public Topology Topology => Scenario.Topology;

    public BackendTraits Traits { get; } = new() { Name = live ? "netns" : "model", Live = live, TableChangesPerHop = !live, EnforcesLinks = !live };

    public BackendRun Run => new()
    {
        Traits = Traits,
        Dialect = Dialect.Mizar,
        Sightings = [.. sightings.OrderBy(seen => seen.Time.Picoseconds)],
        Outcomes = [.. outcomes],
        Tables = [.. tables],
        Missed = Missed,
    };

    public ImmutableArray<Journey> Journeys => JourneyBuilder.Build(Plan, Run);

    public Comparison CompareWith(SyntheticRun right) => RunComparer.Compare(Plan, Run, right.Run);

    public ExpectationResult JudgeOnly() => Assert.Single(Judge.Evaluate(Plan, Run, Journeys));

    public void Add(Sighting sighting) => sightings.Add(sighting);

    public void Add(StepOutcome outcome) => outcomes.Add(outcome);

    public void Add(TableDump dump) => tables.Add(dump);

    /// <summary>Changes what was written down so far.</summary>
    public void Rewrite(Func<Sighting, int, Sighting?> change)
    {
        List<Sighting> changed = [.. sightings.Select(change).OfType<Sighting>()];
        sightings.Clear();
        sightings.AddRange(changed);
    }

    public void RewriteOutcomes(Func<StepOutcome, StepOutcome> change)
    {
        List<StepOutcome> changed = [.. outcomes.Select(change)];
        outcomes.Clear();
        outcomes.AddRange(changed);
    }

    /// <summary>Begins a frame's way at an endpoint.</summary>
    public Walk From(EndpointId endpoint, SimTime at, byte[] frame) => new(this, endpoint, at, frame);
}

/// <summary>One frame on its way; each call adds what a backend would have seen.</summary>
internal sealed class Walk
{
    private readonly SyntheticRun run;
    private readonly EndpointId origin;
    private readonly Topology topology;
    private DropletId here;
    private byte[] frame;
    private bool inside;

    public Walk(SyntheticRun run, EndpointId endpoint, SimTime at, byte[] frame)
    {
        this.run = run;
        origin = endpoint;
        topology = run.Topology;
        here = topology[endpoint].Droplet;
        this.frame = frame;
        inside = true;
        Now = at;
        Seen(SightingKind.EndpointSent, origin);
    }

    public SimTime Now { get; private set; }

    /// <summary>The program here sends it to that droplet: the agent by encapsulating, transit by forwarding.</summary>
    public Walk To(int droplet, bool leaves = true, bool arrives = true)
    {
        DropletId next = new(droplet);
        byte[] sent = inside ? TestFrames.Encapsulate(frame, topology[here], topology[next]) : TestFrames.Forward(frame, topology[here], topology[next]);
        Ran(Verdict.Redirect, inside ? Reason.ToBouncer : Reason.ToHost, inside ? Devmap.Agent : Devmap.Transit, 0, sent);
        inside = false;
        if (leaves)
        {
            Seen(SightingKind.WireSent);
            here = next;
            if (arrives)
            {
                Seen(SightingKind.WireReceived);
            }
        }
        return this;
    }

    /// <summary>The program here hands it to the endpoint.</summary>
    public Walk Deliver(EndpointId endpoint, bool arrives = true)
    {
        byte[] delivered = inside ? frame : TestFrames.Decapsulate(frame);
        Ran(Verdict.Redirect, Reason.Delivered, Devmap.Transit, run.Plan.PortOf(endpoint, here).Value, delivered);
        if (arrives)
        {
            Seen(SightingKind.EndpointReceived, endpoint);
        }
        return this;
    }

    public Walk Ends(Verdict verdict, Reason reason)
    {
        Ran(verdict, reason, Devmap.None, -1, frame);
        return this;
    }

    /// <summary>Changes the frame where it is, as a bouncer answering ARP does in its run.</summary>
    public Walk Mutate(Action<byte[]> change)
    {
        frame = [.. frame];
        change(frame);
        return this;
    }

    private void Ran(Verdict verdict, Reason reason, Devmap devmap, int slot, byte[] left)
    {
        run.Add(new Sighting
        {
            Time = Tick(),
            Kind = SightingKind.Program,
            Droplet = here,
            Endpoint = inside ? origin : null,
            Program = inside ? ProgramId.Agent : ProgramId.Transit,
            Verdict = verdict,
            Reason = reason,
            Devmap = devmap,
            Slot = slot,
            FrameIn = frame,
            FrameOut = left,
            Changes = run.Traits.TableChangesPerHop ? [] : default,
        });
        frame = left;
    }

    private void Seen(SightingKind kind, EndpointId? endpoint = null) =>
        run.Add(new Sighting { Time = Tick(), Kind = kind, Droplet = here, Endpoint = endpoint, FrameIn = frame, FrameOut = frame });

    private SimTime Tick()
    {
        SimTime now = Now;
        Now += SyntheticRun.Hop;
        return now;
    }
}
