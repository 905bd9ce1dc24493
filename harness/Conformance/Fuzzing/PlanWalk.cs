using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Conversations in a planned network, carried from droplet to droplet by model and programs in step, while the management plane changes the network under them:
/// endpoints answer what reaches them, updates come a few at a time, and in their windows frames go on.
/// </summary>
/// <remarks>
/// A difference is a case from the last update on: the rows written by then, those learned, and the frames since. What else a droplet knows by then (how often policy was
/// written, what is used up of a limit) a case does not say.
/// </remarks>
internal sealed class PlanWalk
{
    private const int MostHops = 40;
    private const int TalksASegment = 12;

    private readonly DataPlanePair planes;
    private readonly PairRunner pair;
    private readonly FuzzRandom random;
    private readonly Plan plan;
    private readonly Ledger ledger;
    private readonly EndpointTalk talk;
    private readonly FrameMutation mutation;
    private readonly PortBinding[] ports;
    private readonly List<FuzzStep> steps = [];
    private ImmutableArray<DropletState> began;
    private SimTime time;

    /// <summary>Draws a network and writes it into both.</summary>
    /// <param name="stages">Rows of <see cref="Tables.Stages"/> that its droplets mostly have, besides those that services need.</param>
    public PlanWalk(DataPlanePair planes, PairRunner pair, FuzzRandom random, ImmutableArray<StateRow> stages)
    {
        this.planes = planes;
        this.pair = pair;
        this.random = random;
        plan = new PlanGenerator(random, planes.Settings, stages).Draw(DataPlanePair.Droplets);
        talk = new EndpointTalk(plan.Topology, random);
        mutation = new FrameMutation(random, Palette.Random(random, planes.Settings));
        ports = [.. plan.Ports.All];
        ledger = new Ledger(plan.Topology.Droplets.Length);
        time = SimTime.FromSeconds(random.Between(1, 100_000));
        plan.WriteInitial(ledger);
        planes.Clear();
        began = ledger.States(planes.Model);
        for (int i = 0; i < began.Length; i++)
        {
            planes.Load(new DropletId(i), began[i]);
        }
    }

    /// <returns>What seems to differ; null when nothing does.</returns>
    public FuzzCase? Run()
    {
        bool same = ports.Length == 0 || Between([]);
        for (int step = 0; step < plan.StepUpdates.Length && same && ports.Length > 0; step++)
        {
            same = Between(plan.StepUpdates[step]);
        }
        return same ? null : new FuzzCase(planes.Settings, began, [.. steps]);
    }

    /// <summary>Sends the updates, a few at a time, and lets endpoints talk after each few; false when something differs.</summary>
    public bool Between(ImmutableArray<TableUpdate> updates)
    {
        for (int sent = 0; ;)
        {
            int count = random.Chance(2, 3) ? updates.Length - sent : Math.Min(updates.Length - sent, random.Between(1, 6));
            foreach (TableUpdate update in updates.AsSpan().Slice(sent, count))
            {
                update.ApplyTo(ledger);
                update.ApplyTo(planes.Model);
                update.ApplyTo(planes.Bpf);
            }
            sent += count;
            began = ledger.States(planes.Model);
            steps.Clear();
            for (int i = random.Between(1, TalksASegment); i > 0; i--)
            {
                if (!Talk())
                {
                    return false;
                }
            }
            if (sent == updates.Length)
            {
                return SameTables();
            }
        }
    }

    private bool SameTables()
    {
        for (int i = 0; i < ledger.Droplets; i++)
        {
            if (!pair.SameTables(new DropletId(i)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>One endpoint begins, and what is delivered is answered, until nobody says any more. Whose port is there may speak, also one that has moved away.</summary>
    private bool Talk()
    {
        PortBinding speaker = random.Of(ports);
        byte[] frame = Mutated(ProgramId.Agent, talk.Begin(speaker.Endpoint), often: 5);
        (int at, ProgramId program, AgentId agent) = (speaker.Droplet.Index, ProgramId.Agent, new AgentId(speaker.Port.Value));
        for (int hop = 0; hop < MostHops; hop++)
        {
            steps.Add(new FuzzStep(at, program, agent, frame, time));
            if (!pair.Same(new DropletId(at), program, agent, frame, time))
            {
                return false;
            }
            time += SimTime.FromMicroseconds(20);
            if (pair.Frame.Length > FrameMutation.Most)
            {
                break;
            }
            if (Neighbour(at) is var next and >= 0)
            {
                (at, program, agent, frame) = (next, ProgramId.Transit, default, Mutated(ProgramId.Transit, pair.Frame.ToBytes(), often: 40));
            }
            else if (Heard(at, out agent) is { } answer && random.Chance(5, 6))
            {
                (program, frame) = (ProgramId.Agent, answer);
            }
            else
            {
                break;
            }
        }
        time += random.Of<SimTime>([SimTime.FromMilliseconds(1), SimTime.FromMilliseconds(1), SimTime.FromSeconds(1), SimTime.FromSeconds(40), SimTime.FromSeconds(200)]);
        return true;
    }

    private byte[] Mutated(ProgramId program, byte[] frame, int often) =>
        random.Chance(1, often) ? mutation.Apply(new FrameTemplate(program, default, frame)).ToArray() : frame;

    /// <summary>The droplet a frame went out to; −1: it did not go out, or to nobody.</summary>
    private int Neighbour(int at)
    {
        ProgramResult result = pair.Result;
        const int toDestination = 34;
        bool leaves = result.Verdict == Verdict.Tx || (result.Verdict == Verdict.Redirect && result.Slot == PortId.Nic.Value);
        if (!leaves || pair.Frame.Length < toDestination)
        {
            return -1;
        }
        Ipv4Address destination = Ipv4Address.Read(pair.Frame.HeadView[30..]);
        for (int i = 0; i < plan.Topology.Droplets.Length; i++)
        {
            if (i != at && plan.Topology.Droplets[i].Address == destination)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>What the endpoint answers that the frame was delivered to; null: nobody, or nothing.</summary>
    private byte[]? Heard(int at, out AgentId agent)
    {
        ProgramResult result = pair.Result;
        agent = new AgentId(result.Slot);
        if (result is not { Verdict: Verdict.Redirect, Devmap: Devmap.Transit, Slot: > 0 })
        {
            return null;
        }
        foreach (PortBinding port in ports)
        {
            if (port.Droplet.Index == at && port.Port.Value == result.Slot)
            {
                return talk.Answer(port.Endpoint, pair.Frame.HeadView);
            }
        }
        return null;
    }
}
