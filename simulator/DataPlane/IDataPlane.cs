using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The one seam by which anybody writes a data plane's tables, on every backend.</summary>
public interface ITableWriter
{
    void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct;

    /// <summary>Removes the row; nothing happens when there is none.</summary>
    void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct;
}

/// <summary>Reads a data plane's tables back.</summary>
public interface ITableReader
{
    /// <summary>Whether there is such a table at all.</summary>
    bool Knows(ITable table) => true;

    /// <summary>All rows, in no particular order.</summary>
    IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct;
}

/// <summary>Which program runs.</summary>
public enum ProgramId : byte
{
    /// <summary>On the host side of an endpoint's interface; sees frames that leave the endpoint (§3.2).</summary>
    Agent = 0,

    /// <summary>On the NIC; sees frames that arrive from the wire, and frames local agents tail-call with (§3.5).</summary>
    Transit = 1,
}

/// <summary>Which devmap a redirect went through.</summary>
public enum Devmap : byte
{
    None = 0,
    Agent = 1,
    Transit = 2,
}

/// <summary>A program's answer. <see cref="Slot"/> is a slot of <see cref="Devmap"/> when the verdict is REDIRECT, else −1.</summary>
/// <remarks>One word, so that it is passed and returned in a register: members written one by one and read as a word cost more than some programs.</remarks>
public readonly record struct ProgramResult
{
    private const int ReasonShift = 8;
    private const int DevmapShift = 16;
    private const int SlotShift = 32;

    private readonly ulong packed;

    public ProgramResult(Verdict verdict, Reason reason, Devmap devmap, int slot) =>
        packed = (byte)verdict | ((ulong)(byte)reason << ReasonShift) | ((ulong)(byte)devmap << DevmapShift) | ((ulong)(uint)slot << SlotShift);

    public Verdict Verdict
    {
        get => (Verdict)(byte)packed;
        init => packed = new ProgramResult(value, Reason, Devmap, Slot).packed;
    }

    public Reason Reason
    {
        get => (Reason)(byte)(packed >> ReasonShift);
        init => packed = new ProgramResult(Verdict, value, Devmap, Slot).packed;
    }

    public Devmap Devmap
    {
        get => (Devmap)(byte)(packed >> DevmapShift);
        init => packed = new ProgramResult(Verdict, Reason, value, Slot).packed;
    }

    public int Slot
    {
        get => (int)(packed >> SlotShift);
        init => packed = new ProgramResult(Verdict, Reason, Devmap, value).packed;
    }
}

/// <summary>A data plane that can be made as new: empty tables, nothing counted, nothing used up of any limit, no policy written yet.</summary>
public interface IClearable
{
    void Clear();
}

/// <summary>
/// A data plane of all droplets of a run, executed one hop at a time: the model in C#, or the compiled programs under
/// BPF_PROG_TEST_RUN. Frames are changed in place as the program changed them, also when it dropped them.
/// </summary>
public interface IDataPlane : ITableWriter, ITableReader
{
    DataPlaneSettings Settings { get; }

    Dialect Dialect => Settings.Dialect;

    /// <summary>Whether results have a reason; programs that are not the lab's own tell none.</summary>
    bool TellsReasons => true;

    /// <summary>The time programs read (<see cref="LabClock"/>). Whoever runs programs sets it; it stands still in between.</summary>
    SimTime Now { get; set; }

    /// <summary>Runs one program once.</summary>
    /// <param name="agent">The agent whose port the frame came in by; ignored for <see cref="ProgramId.Transit"/>.</param>
    ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame);
}
