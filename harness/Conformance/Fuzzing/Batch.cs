using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Many frames on one state, fast: states are loaded once, both data planes run each frame, answers and frames are compared where they lie, and of the
/// tables what the runs themselves say they changed; that is then undone, or kept, so that state builds up. At the end all tables are read and compared.
/// </summary>
/// <remarks>Nothing is decided here: what differs is handed to <see cref="CaseJudge"/>, which runs it anew from nothing.</remarks>
internal sealed class Batch(DataPlanePair planes, PairRunner pair)
{
    private readonly List<FuzzStep> steps = [];

    /// <summary>How many cases also ran without recording.</summary>
    public long Unrecorded { get; private set; }

    /// <summary>Runs frames into one droplet, on the data planes' thread.</summary>
    /// <param name="keeps">State is kept from frame to frame; else each frame finds the state as it was loaded.</param>
    /// <param name="twice">Each frame also goes to the programs without recording.</param>
    /// <param name="careful">All tables are read and compared after every frame, not at the end only.</param>
    /// <returns>What seems to differ, as a case; null when nothing does.</returns>
    public FuzzCase? Run(DropletState state, FuzzRandom random, Palette palette, int cases, bool keeps, bool twice, bool careful)
    {
        DropletId droplet = new(0);

        // Where ABORTED itself becomes a REDIRECT, no absence of a slot changes the verdict.
        twice &= !(state.TryGet(Tables.Stages, StageSlot.Aborted, out StageProgram aborted) && aborted == StageProgram.Redirect);
        planes.Clear();
        Load(state, twice);
        RowIndex original = new(state);
        FrameTemplates templates = new(state, random, palette);
        FrameMutation mutation = new(random, palette);
        FrameTemplate template = templates.Draw();
        SimTime time = TimeOf(palette.Now);
        steps.Clear();
        for (int i = 0; i < cases; i++)
        {
            if (random.Chance(1, 3))
            {
                template = templates.Draw();
            }
            if (keeps && random.Chance(1, 10))
            {
                time += new SimTime(TimeOf(random.Of<uint>([1, 100, 1100, 29_000, 60_000, 200_000])).Picoseconds);
            }
            ReadOnlySpan<byte> bytes = mutation.Apply(template);
            FuzzStep? step = keeps || twice || careful ? new FuzzStep(0, template.Program, template.Agent, bytes.ToArray(), time) : null;
            if (step is not null)
            {
                steps.Add(step);
            }
            if (!pair.Same(droplet, template.Program, template.Agent, bytes, time) || (twice && !SameUnrecorded(step!)) || (careful && !pair.SameTables(droplet)))
            {
                return new FuzzCase(planes.Settings, [state], keeps || careful ? [.. steps] : [step ?? new FuzzStep(0, template.Program, template.Agent, bytes.ToArray(), time)]);
            }
            if (!keeps && pair.Changes.Rows.Count > 0)
            {
                pair.Changes.Undo(original, planes.Model, planes.Bpf, droplet);
                if (twice)
                {
                    foreach (StateRow row in pair.Changes.Rows)
                    {
                        (original.Find(row) ?? row.Removed()).Put(planes.Unrecorded, droplet);
                    }
                }
            }
        }
        return pair.SameTables(droplet) ? null : new FuzzCase(planes.Settings, [state], [.. steps]);
    }

    /// <summary>Sends frames through a world hop by hop, as its droplets address them.</summary>
    public FuzzCase? Walk(DropletState[] world, FuzzRandom random, Palette palette, int walks)
    {
        const int mostHops = 24;
        planes.Clear();
        for (int i = 0; i < world.Length; i++)
        {
            planes.Load(new DropletId(i), world[i]);
        }
        FrameTemplates[] templates = [.. world.Select(state => new FrameTemplates(state, random, palette))];
        FrameMutation mutation = new(random, palette);
        SimTime time = TimeOf(palette.Now);
        steps.Clear();
        for (int walk = 0; walk < walks; walk++)
        {
            int at = random.Below(world.Length);
            FrameTemplate template = templates[at].Draw();
            byte[] bytes = mutation.Apply(template).ToArray();
            (ProgramId program, AgentId agent) = (template.Program, template.Agent);
            for (int hop = 0; hop < mostHops; hop++)
            {
                steps.Add(new FuzzStep(at, program, agent, bytes, time));
                if (!pair.Same(new DropletId(at), program, agent, bytes, time))
                {
                    return new FuzzCase(planes.Settings, [.. world], [.. steps]);
                }
                int next = Next(world, at);
                if (next < 0 || pair.Frame.Length > FrameMutation.Most)
                {
                    break;
                }
                (at, program, agent, bytes) = (next, ProgramId.Transit, default, pair.Frame.ToBytes());
            }
            time += random.Chance(1, 4) ? SimTime.FromSeconds(random.Below(40)) : SimTime.FromMilliseconds(1);
        }
        for (int i = 0; i < world.Length; i++)
        {
            if (!pair.SameTables(new DropletId(i)))
            {
                return new FuzzCase(planes.Settings, [.. world], [.. steps]);
            }
        }
        return null;
    }

    private void Load(DropletState state, bool twice)
    {
        planes.Load(new DropletId(0), state);
        if (twice)
        {
            planes.Unrecorded.Clear();
            new StateLoader(planes.Unrecorded).Load(new DropletId(0), state);
        }
    }

    private bool SameUnrecorded(FuzzStep step)
    {
        Unrecorded++;
        UnrecordedDroplet copy = planes.Unrecorded;
        DropletState before = new([.. LearnedTables.Rows(copy, new DropletId(0))]);
        copy.Now = step.At;
        Frame third = Frame.FromBytes(step.Frame);
        ProgramResult answer = copy.Run(new DropletId(0), step.Program, step.Agent, ref third);
        return answer.Verdict == pair.Result.Verdict && (answer.Devmap, answer.Slot) == (pair.Result.Devmap, pair.Result.Slot) && pair.SameBytes(in third, in pair.Frame)
            && SameChanges(before, LearnedTables.Changes(before, copy, new DropletId(0)));
    }

    /// <summary>
    /// What reading back shows and what the recording programs told are the same, but for renewals, which are no changes, and for a row that an agent and the transit it
    /// tail-called have changed there and back.
    /// </summary>
    private bool SameChanges(DropletState before, IReadOnlyCollection<StateRow> read) =>
        pair.Changes.Rows.All(told => read.Contains(told) || (before.Rows.FirstOrDefault(row => row.HasKeyOf(told)) ?? told.Removed()) == told);

    /// <summary>The droplet a sent frame is addressed to; −1: delivered, dropped, passed, or nobody's.</summary>
    private int Next(DropletState[] world, int at)
    {
        ProgramResult result = pair.Result;
        if (result.Verdict is not (Verdict.Redirect or Verdict.Tx) || pair.Frame.Length < 34
            || (result.Verdict == Verdict.Redirect && result.Devmap == Devmap.Transit && result.Slot != world[at].NicSlot))
        {
            return -1;
        }
        Ipv4Address destination = Ipv4Address.Read(pair.Frame.HeadView[30..]);
        for (int i = 0; i < world.Length; i++)
        {
            if (i != at && world[i].Address == destination)
            {
                return i;
            }
        }
        return -1;
    }

    private static SimTime TimeOf(uint ticks) => SimTime.FromNanoseconds((long)ticks << 20);
}
