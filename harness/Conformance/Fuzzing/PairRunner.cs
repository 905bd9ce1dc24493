using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Runs one frame on model and programs and compares it where it lies: answer, every byte, and what both tell of the rows they changed. What came of it can
/// be looked at until the next. Nothing is decided here: what differs, <see cref="CaseJudge"/> runs anew from nothing.
/// </summary>
internal sealed class PairRunner(DataPlanePair planes, Coverage coverage)
{
    /// <summary>What a program may make of the longest frame.</summary>
    private const int FrameBytes = FrameMutation.Most + 512;

    private readonly ChangeSink expectedChanges = new();
    private readonly ChangeSink changes = new();
    private readonly byte[] expectedBytes = new byte[FrameBytes];
    private readonly byte[] bytes = new byte[FrameBytes];
    private Frame expected;
    private Frame frame;
    private ProgramResult result;

    /// <summary>Frames run so far.</summary>
    public long Cases { get; private set; }

    /// <summary>The programs' answer to the last frame.</summary>
    public ProgramResult Result => result;

    /// <summary>The last frame as the programs left it.</summary>
    public ref readonly Frame Frame => ref frame;

    /// <summary>The rows the last frame's run changed.</summary>
    public ChangeSink Changes => changes;

    /// <summary>Whether both came to the same.</summary>
    public bool Same(DropletId droplet, ProgramId program, AgentId agent, ReadOnlySpan<byte> given, SimTime time)
    {
        Cases++;
        planes.Model.Now = planes.Bpf.Now = time;
        expected = Frame.FromBytes(given);
        frame = expected;
        try
        {
            ProgramResult answer = planes.Model.Run(droplet, program, agent, ref expected);
            result = planes.Bpf.Run(droplet, program, agent, ref frame);
            coverage.Note(program, result);
            expectedChanges.Rows.Clear();
            changes.Rows.Clear();
            planes.Model.TakeChanges(expectedChanges);
            planes.Bpf.TakeChanges(changes);
            return answer == result && SameBytes(in expected, in frame) && expectedChanges.SameAs(changes);
        }
        catch (Exception trouble) when (CaseJudge.IsOfDataPlane(trouble))
        {
            return false;
        }
    }

    public bool SameBytes(in Frame one, in Frame other)
    {
        int length = one.Length;
        if (length != other.Length)
        {
            return false;
        }
        one.CopyTo(expectedBytes);
        other.CopyTo(bytes);
        return expectedBytes.AsSpan(0, length).SequenceEqual(bytes.AsSpan(0, length));
    }

    /// <summary>Reads all tables programs write, and the drop counters, of one droplet.</summary>
    public bool SameTables(DropletId droplet)
    {
        HashSet<StateRow> rows = [.. LearnedTables.Rows(planes.Model, droplet)];
        return rows.SetEquals(LearnedTables.Rows(planes.Bpf, droplet)) && CaseJudge.Drops(planes.Model, droplet) == CaseJudge.Drops(planes.Bpf, droplet);
    }
}
