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
internal sealed class Batch(DataPlanePair planes, Coverage coverage)
{
    private readonly ChangeSink expectedChanges = new();
    private readonly ChangeSink gotChanges = new();
    private readonly byte[] expectedBytes = new byte[FrameBytes];
    private readonly byte[] gotBytes = new byte[FrameBytes];
    private readonly List<FuzzStep> steps = [];

    private const int FrameBytes = FrameMutation.Most + 512;

    /// <summary>Cases run so far, and of these how many also without recording.</summary>
    public long Cases { get; private set; }

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
            if (!Same(droplet, template.Program, template.Agent, bytes, time) || (twice && !SameUnrecorded(step!)) || (careful && !SameTables(droplet)))
            {
                return new FuzzCase(planes.Settings, [state], keeps || careful ? [.. steps] : [step ?? new FuzzStep(0, template.Program, template.Agent, bytes.ToArray(), time)]);
            }
            if (!keeps && gotChanges.Rows.Count > 0)
            {
                gotChanges.Undo(original, planes.Model, planes.Bpf, droplet);
                if (twice)
                {
                    foreach (StateRow row in gotChanges.Rows)
                    {
                        (original.Find(row) ?? row.Removed()).Put(planes.Unrecorded, droplet);
                    }
                }
            }
        }
        return SameTables(droplet) ? null : new FuzzCase(planes.Settings, [state], [.. steps]);
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
                if (!Same(new DropletId(at), program, agent, bytes, time))
                {
                    return new FuzzCase(planes.Settings, [.. world], [.. steps]);
                }
                int next = Next(world, at);
                if (next < 0 || frame.Length > FrameMutation.Most)
                {
                    break;
                }
                (at, program, agent, bytes) = (next, ProgramId.Transit, default, frame.ToBytes());
            }
            time += random.Chance(1, 4) ? SimTime.FromSeconds(random.Below(40)) : SimTime.FromMilliseconds(1);
        }
        for (int i = 0; i < world.Length; i++)
        {
            if (!SameTables(new DropletId(i)))
            {
                return new FuzzCase(planes.Settings, [.. world], [.. steps]);
            }
        }
        return null;
    }

    private Frame frame;
    private ProgramResult result;

    private void Load(DropletState state, bool twice)
    {
        planes.Load(new DropletId(0), state);
        if (twice)
        {
            planes.Unrecorded.Clear();
            new StateLoader(planes.Unrecorded).Load(new DropletId(0), state);
        }
    }

    /// <summary>Runs one frame on both and compares.</summary>
    private bool Same(DropletId droplet, ProgramId program, AgentId agent, ReadOnlySpan<byte> bytes, SimTime time)
    {
        Cases++;
        planes.Model.Now = planes.Bpf.Now = time;
        Frame expected = Frame.FromBytes(bytes);
        frame = expected;
        try
        {
            ProgramResult answer = planes.Model.Run(droplet, program, agent, ref expected);
            result = planes.Bpf.Run(droplet, program, agent, ref frame);
            coverage.Note(program, result);
            expectedChanges.Rows.Clear();
            gotChanges.Rows.Clear();
            planes.Model.TakeChanges(expectedChanges);
            planes.Bpf.TakeChanges(gotChanges);
            return answer == result && SameBytes(in expected, in frame) && expectedChanges.SameAs(gotChanges);
        }
        catch (Exception trouble) when (CaseJudge.IsOfDataPlane(trouble))
        {
            return false;
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
        return answer.Verdict == result.Verdict && (answer.Devmap, answer.Slot) == (result.Devmap, result.Slot) && SameBytes(in third, in frame)
            && SameChanges(before, LearnedTables.Changes(before, copy, new DropletId(0)));
    }

    /// <summary>
    /// What reading back shows and what the recording programs told are the same, but for renewals, which are no changes, and for a row that an agent and the transit it
    /// tail-called have changed there and back.
    /// </summary>
    private bool SameChanges(DropletState before, IReadOnlyCollection<StateRow> read) =>
        gotChanges.Rows.All(told => read.Contains(told) || (before.Rows.FirstOrDefault(row => row.HasKeyOf(told)) ?? told.Removed()) == told);

    private bool SameBytes(in Frame expected, in Frame got)
    {
        int length = expected.Length;
        if (length != got.Length)
        {
            return false;
        }
        expected.CopyTo(expectedBytes);
        got.CopyTo(gotBytes);
        return expectedBytes.AsSpan(0, length).SequenceEqual(gotBytes.AsSpan(0, length));
    }

    private bool SameTables(DropletId droplet)
    {
        HashSet<StateRow> expected = [.. LearnedTables.Rows(planes.Model, droplet)];
        return expected.SetEquals(LearnedTables.Rows(planes.Bpf, droplet)) && CaseJudge.Drops(planes.Model, droplet) == CaseJudge.Drops(planes.Bpf, droplet);
    }

    /// <summary>The droplet a sent frame is addressed to; −1: delivered, dropped, passed, or nobody's.</summary>
    private int Next(DropletState[] world, int at)
    {
        if (result.Verdict is not (Verdict.Redirect or Verdict.Tx) || frame.Length < 34
            || (result.Verdict == Verdict.Redirect && result.Devmap == Devmap.Transit && result.Slot != world[at].NicSlot))
        {
            return -1;
        }
        Ipv4Address destination = Ipv4Address.Read(frame.HeadView[30..]);
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
