using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Native;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// A droplet whose programs were loaded without recording, so that what they do is not what recording makes of it. Where a REDIRECT went is found by
/// taking slots away one at a time (spec 11): the one whose absence changes the verdict. What a run changed is found by reading the tables.
/// </summary>
internal sealed class UnrecordedDroplet : IDisposable, IDataPlane
{
    private static readonly DropletId Only = new(0);

    private readonly BpfDataPlane host;
    private readonly BpfDroplet droplet;
    private readonly TestRun testRun = new();
    private readonly BpfMap? errorLimit;
    private readonly byte[] usedErrors;

    /// <param name="host">On whose thread, and with whose interfaces, it runs.</param>
    public UnrecordedDroplet(BpfDataPlane host, BpfOptions options)
    {
        this.host = host;
        droplet = host.Execute(() => BpfDroplet.Load(options with { LabClock = true, Recording = Recording.Nothing, Objects = options.Objects ?? BpfObjects.Locate() }, host.InterfaceOf));
        errorLimit = droplet.Scratch("error_limit");
        usedErrors = new byte[(errorLimit?.ValueBytes ?? 0) * LibBpf.PossibleCpus()];
    }

    public DataPlaneSettings Settings => host.Settings;

    public SimTime Now { get; set; }

    /// <summary>Runs a program once.</summary>
    /// <returns>Verdict, and of a REDIRECT the target: no reason, which nobody says.</returns>
    public ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        Frame pristine = frame;
        StateRow[] before = [.. LearnedTables.Rows(this, Only)];
        Verdict verdict = RunOnce(program, agent, ref frame);
        if (verdict != Verdict.Redirect)
        {
            return new ProgramResult(verdict, Reason.None, Devmap.None, -1);
        }
        StateRow[] after = [.. LearnedTables.Rows(this, Only)];
        errorLimit?.LookupEach(0, usedErrors);
        (Devmap devmap, int slot) = Target(program, agent, pristine, before);
        Restore(after);
        errorLimit?.UpdateEach(0, usedErrors);
        return new ProgramResult(verdict, Reason.None, devmap, slot);
    }

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => this.droplet.Put(table, in key, in value);

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => this.droplet.Delete(table, in key);

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => this.droplet.Rows(table);

    public void Clear() => droplet.Clear();

    public void Dispose()
    {
        droplet.Dispose();
        testRun.Dispose();
    }

    private Verdict RunOnce(ProgramId program, AgentId agent, ref Frame frame)
    {
        droplet.SetTime(Now);
        return testRun.Run(droplet.Program(program), host.InterfaceOf(program == ProgramId.Agent ? new PortId(agent.Value) : PortId.Nic), ref frame);
    }

    /// <summary>
    /// The slot whose absence aborts the run. One whose absence only makes it end otherwise counts where no other does: a stage may have taken the ABORTED over.
    /// It is taken out of the devmap alone, for programs of the lab's read what interface is in a slot elsewhere.
    /// </summary>
    private (Devmap, int) Target(ProgramId program, AgentId agent, in Frame pristine, StateRow[] before)
    {
        (Devmap, int)? otherwise = null;
        Span<byte> index = stackalloc byte[sizeof(int)];
        foreach ((Devmap devmap, Table<int, PortId> table) in (ReadOnlySpan<(Devmap, Table<int, PortId>)>)[(Devmap.Agent, Tables.AgentSlots), (Devmap.Transit, Tables.Slots)])
        {
            BpfMap? map = droplet.Scratch(table.Name);
            foreach ((int slot, PortId port) in Rows(Only, table))
            {
                Restore(before);
                errorLimit?.UpdateEach(0, new byte[usedErrors.Length]);
                if (map is null)
                {
                    Delete(Only, table, slot);
                }
                else
                {
                    BinaryPrimitives.WriteInt32LittleEndian(index, slot);
                    map.Delete(index);
                }
                Frame frame = pristine;
                Verdict verdict = RunOnce(program, agent, ref frame);
                Put(Only, table, slot, port);
                if (verdict == Verdict.Aborted)
                {
                    return (devmap, slot);
                }
                if (verdict != Verdict.Redirect)
                {
                    otherwise ??= (devmap, slot);
                }
            }
        }
        return otherwise ?? (Devmap.None, -1);
    }

    /// <summary>Makes the tables programs write what they were.</summary>
    private void Restore(StateRow[] rows)
    {
        foreach (StateRow change in LearnedTables.Changes(new DropletState([.. rows]), this, Only))
        {
            (rows.FirstOrDefault(row => row.HasKeyOf(change)) ?? change.Removed()).Put(this, Only);
        }
    }
}
