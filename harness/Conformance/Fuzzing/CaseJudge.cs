using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Runs a case whole on both data planes, each from nothing, and compares everything after every step: verdict, reason, target, each byte, each row of each
/// table programs write, by reading them back. Slow, exact, and the same as what a replay of the saved file does.
/// </summary>
internal sealed class CaseJudge(DataPlanePair planes)
{
    /// <summary>What differs first; null when nothing does.</summary>
    public Finding? Judge(FuzzCase given) => planes.Bpf.Execute(() =>
    {
        planes.Clear();
        try
        {
            for (int i = 0; i < given.Droplets.Length; i++)
            {
                planes.Load(new DropletId(i), given.Droplets[i]);
            }
            for (int i = 0; i < given.Steps.Length; i++)
            {
                if (Step(given.Steps[i]) is var (kind, text))
                {
                    return new Finding(given with { Steps = given.Steps[..(i + 1)] }, kind, text);
                }
            }
            return DropsDiffer(given);
        }
        catch (Exception trouble) when (IsOfDataPlane(trouble))
        {
            return new Finding(given, DifferenceKind.Failure, $"{trouble.GetType().Name}: {trouble.Message}");
        }
        finally
        {
            planes.Clear();
        }
    });

    /// <summary>What a droplet has counted of frames it dropped.</summary>
    public static string Drops(IDataPlane plane, DropletId droplet) =>
        string.Join(", ", plane.Rows(droplet, Tables.Drops).OrderBy(row => row.Key).Select(row => $"{(Reason)row.Key} {row.Value}"));

    private Finding? DropsDiffer(FuzzCase given)
    {
        for (int i = 0; i < given.Droplets.Length; i++)
        {
            string expected = Drops(planes.Model, new DropletId(i)), got = Drops(planes.Bpf, new DropletId(i));
            if (expected != got)
            {
                return new Finding(given, DifferenceKind.Tables, $"drops: model counted {expected}, bpf {got}");
            }
        }
        return null;
    }

    /// <summary>The model's account of a case, as a vector file has it.</summary>
    public static ImmutableArray<ProgramRun> Record(FuzzCase given, ModelDataPlane model)
    {
        model.Clear();
        for (int i = 0; i < given.Droplets.Length; i++)
        {
            new StateLoader(model).Load(new DropletId(i), given.Droplets[i]);
        }
        return [.. given.Steps.Select(step => Run(step, model))];
    }

    /// <summary>What a data plane throws when it is at fault itself: anything but the death of the process.</summary>
    public static bool IsOfDataPlane(Exception trouble) =>
        trouble is HarnessException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or NullReferenceException;

    private (DifferenceKind, string)? Step(FuzzStep step)
    {
        ProgramRun expected = Run(step, planes.Model), got = Run(step, planes.Bpf);
        if (expected.Verdict != got.Verdict)
        {
            return (DifferenceKind.Verdict, $"model {Words(expected)}, bpf {Words(got)}");
        }
        if (expected.Reason != got.Reason)
        {
            return (DifferenceKind.Reason, $"model {Words(expected)}, bpf {Words(got)}");
        }
        if (expected.Redirect != got.Redirect)
        {
            return (DifferenceKind.Redirect, $"model {expected.Redirect}, bpf {got.Redirect}");
        }
        if (!expected.FrameOut.AsSpan().SequenceEqual(got.FrameOut))
        {
            return (DifferenceKind.Frame, $"{Words(expected)}: {string.Join("; ", FrameAccount.Differences(expected.FrameOut, got.FrameOut))}");
        }
        StateRow[] missing = [.. expected.Changes.Where(row => !got.Changes.Contains(row))], extra = [.. got.Changes.Where(row => !expected.Changes.Contains(row))];
        return missing.Length + extra.Length == 0
            ? null
            : (DifferenceKind.Tables, $"{Words(expected)}: model wrote {Words(missing)}, bpf {Words(extra)}");
    }

    private static ProgramRun Run(FuzzStep step, IDataPlane plane)
    {
        DropletId droplet = new(step.Droplet);
        DropletState before = new([.. LearnedTables.Rows(plane, droplet)]);
        Frame frame = Frame.FromBytes(step.Frame);
        plane.Now = step.At;
        ProgramResult result = plane.Run(droplet, step.Program, step.Agent, ref frame);
        return new ProgramRun(step.Droplet, step.Program, step.Agent, step.Frame, frame.ToBytes(), result.Verdict)
        {
            Reason = result.Reason,
            Redirect = result.Verdict == Verdict.Redirect && result.Slot >= 0 ? new RedirectTarget(result.Devmap, result.Slot) : null,
            Changes = LearnedTables.Changes(before, plane, droplet),
            At = step.At,
        };
    }

    private static string Words(ProgramRun run) => $"{RunJudge.Text(run.Verdict)} {run.Reason}";

    private static string Words(StateRow[] rows) => rows.Length == 0 ? "nothing else" : string.Join(", ", rows.Select(row => $"{row.Table.Name} {row.Text}"));
}
