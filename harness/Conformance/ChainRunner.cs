using MizarLab.Observation;
using System.Collections.Immutable;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// Replays the walks of a world: our own frames go hop by hop to the droplet their outer destination names, and every step is compared with the
/// recorded one.
/// </summary>
internal static class ChainRunner
{
    /// <summary>Steps after which a walk is given up, as when it was recorded.</summary>
    private const int Cap = 80;

    public static IEnumerable<VectorRow> Run(ChainWorld world, IDataPlane dataPlane)
    {
        if (world.Runs.Length > 0)
        {
            yield return RunRuns(world, dataPlane);
        }
        foreach (ChainSequence sequence in world.Sequences)
        {
            foreach (VectorRow row in Run(world, sequence, dataPlane))
            {
                yield return row;
            }
        }
    }

    /// <summary>Single runs one after another; the first that differs ends it.</summary>
    private static VectorRow RunRuns(ChainWorld world, IDataPlane dataPlane)
    {
        StateLoader state = new(dataPlane);
        try
        {
            Load(state, world);
            for (int i = 0; i < world.Runs.Length; i++)
            {
                ProgramRun run = world.Runs[i];
                DropletState before = new([.. LearnedTables.Rows(dataPlane, new DropletId(run.Droplet))]);
                string differences = RunJudge.Differences(run, before, dataPlane, out _, out _);
                if (differences.Length > 0)
                {
                    return VectorRunner.Row(world.Name, string.Create(CultureInfo.InvariantCulture, $"run {i + 1} at {world.Droplets[run.Droplet].Name}: {differences}"));
                }
            }
            return VectorRunner.Row(world.Name, "");
        }
        finally
        {
            state.Clear();
        }
    }

    private static void Load(StateLoader state, ChainWorld world)
    {
        for (int droplet = 0; droplet < world.Droplets.Length; droplet++)
        {
            state.Load(new DropletId(droplet), world.Droplets[droplet].State);
        }
    }

    private static ImmutableArray<VectorRow> Run(ChainWorld world, ChainSequence sequence, IDataPlane dataPlane)
    {
        ImmutableArray<VectorRow>.Builder rows = ImmutableArray.CreateBuilder<VectorRow>(sequence.Walks.Length);
        StateLoader state = new(dataPlane);
        try
        {
            Load(state, world);
            for (int i = 0; i < sequence.Walks.Length; i++)
            {
                Walk walk = sequence.Walks[i];
                string name = string.Create(
                    CultureInfo.InvariantCulture, $"{(world.Name.Length > 0 ? world.Name + " / " : "")}{sequence.Name} / {i + 1} {walk.Name}");
                rows.Add(VectorRunner.Row(name, Walked(world, walk, dataPlane) ?? ""));
            }
        }
        finally
        {
            state.Clear();
        }
        return rows.MoveToImmutable();
    }

    /// <summary>Walks, and says what differs first; null when nothing does.</summary>
    private static string? Walked(ChainWorld world, Walk walk, IDataPlane dataPlane)
    {
        ProgramRun first = walk.Steps[0];
        (int at, ProgramId program, byte[] bytes) = (first.Droplet, first.Program, first.FrameIn);
        for (int i = 0; ; i++)
        {
            ProgramRun step = walk.Steps[i];
            string place = string.Create(CultureInfo.InvariantCulture, $"step {i + 1} at {world.Droplets[at].Name}");
            if (at != step.Droplet || program != step.Program)
            {
                return $"{place}: expected {step.Program} at {world.Droplets[step.Droplet].Name}";
            }
            string differences = RunJudge.Differences(step with { FrameIn = bytes }, null, dataPlane, out ProgramResult result, out Frame frame);
            if (differences.Length > 0)
            {
                return $"{place}: {differences}";
            }
            (WalkEnd? end, int next) = Follow(world, at, result, in frame);
            if (end is null && i + 1 == Cap)
            {
                end = WalkEnd.Capped;
            }
            if (end is not null || i + 1 == walk.Steps.Length)
            {
                return Ended(walk, i + 1, end, result.Verdict);
            }
            (at, program, bytes) = (next, ProgramId.Transit, frame.ToBytes());
        }
    }

    private static string? Ended(Walk walk, int steps, WalkEnd? end, Verdict verdict)
    {
        if (steps != walk.Steps.Length)
        {
            return $"ended ({end}) after {steps} steps, expected {walk.Steps.Length}";
        }
        if (end is null)
        {
            return $"goes on after its {steps} steps";
        }
        if (walk.End is { } expected && expected != end)
        {
            return $"end: expected {expected}, got {end}";
        }
        return verdict == walk.FinalVerdict
            ? null
            : $"final verdict: expected {RunJudge.Text(walk.FinalVerdict)}, got {RunJudge.Text(verdict)}";
    }

    /// <summary>How the walk ended, or the droplet it goes on to.</summary>
    private static (WalkEnd? End, int Next) Follow(ChainWorld world, int at, ProgramResult result, in Frame frame)
    {
        switch (result.Verdict)
        {
            case Verdict.Pass:
                return (WalkEnd.Passed, -1);
            case Verdict.Drop or Verdict.Aborted:
                return (WalkEnd.Dropped, -1);
            case Verdict.Redirect when result.Devmap == Devmap.Transit && result.Slot != (world.Droplets[at].State.NicSlot):
                return (WalkEnd.Delivered, -1);
        }
        Ipv4Address destination = Ipv4Address.Read(frame.HeadView[30..]);
        for (int droplet = 0; droplet < world.Droplets.Length; droplet++)
        {
            if (droplet != at && world.Droplets[droplet].State.Address == destination)
            {
                return (null, droplet);
            }
        }
        return (WalkEnd.Lost, -1);
    }
}
