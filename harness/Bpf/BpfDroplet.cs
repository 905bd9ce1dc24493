using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;
using MizarLab.Harness.Bpf.Codecs;
using MizarLab.Observation;

namespace MizarLab.Harness.Bpf;

/// <summary>Names a port's interface.</summary>
/// <returns>The interface index, in the network namespace of the calling thread.</returns>
/// <exception cref="HarnessException">The port has no interface now.</exception>
public delegate int PortResolver(PortId port);

/// <summary>
/// The programs of one droplet in the kernel, agent and transit over one set of tables, with transit in the agent's jump
/// table. Nothing is pinned: disposing of it, or the end of this process, takes everything back.
/// </summary>
/// <remarks>
/// All members may be called from any thread; but a write to <see cref="Tables.Slots"/>, <see cref="Tables.AgentSlots"/> or <see cref="Tables.Agents"/>, and
/// <see cref="Attach"/>, must be made on a thread in the droplet's network namespace: the kernel resolves interfaces in the caller's.
/// Tables are written by one codec each (<see cref="TableCodec{TKey,TValue}"/>, registered in <see cref="TableCodecs"/>).
/// </remarks>
/// <example><code>
/// using BpfDroplet droplet = BpfDroplet.Load(new BpfOptions { Recording = Recording.Frames }, port => ifindexOf[port]);
/// droplet.Put(Tables.Slots, 0, PortId.Nic);
/// using XdpLink link = droplet.Attach(ProgramId.Transit, nicIfindex);
/// </code></example>
public sealed unsafe class BpfDroplet : IDisposable
{
    private readonly BpfObject agent;
    private readonly BpfObject transit;
    private readonly TableCodecs codecs;
    private readonly StagePrograms stages;
    private readonly EgressProgram egress;
    private readonly Lock gate = new();
    private readonly BpfMap lost;
    private nint lastRun;
    private nint clock;

    private BpfDroplet(BpfObject agent, BpfObject transit, BpfOptions options, PortResolver ports)
    {
        this.agent = agent;
        this.transit = transit;
        Options = options;
        stages = new StagePrograms(options, agent, transit);
        egress = new EgressProgram(options, agent);
        codecs = new TableCodecs(agent, transit, ports, stages, egress, options);
        lost = agent.Map("trace_lost");
        TraceMap = agent.Map("trace_events");
    }

    public BpfOptions Options { get; }

    /// <summary>The ring buffer of <see cref="Recording.Frames"/>.</summary>
    internal BpfMap TraceMap { get; }

    /// <summary>Loads both programs.</summary>
    /// <param name="ports">Asked when a row names a port.</param>
    /// <exception cref="HarnessException">The objects are missing, or the kernel refused one; the message has the verifier's last lines.</exception>
    public static BpfDroplet Load(BpfOptions options, PortResolver ports)
    {
        BpfObject agent = BpfObject.Load(ProgramId.Agent, options);
        BpfObject? transit = null;
        try
        {
            transit = BpfObject.Load(ProgramId.Transit, options, agent);
            BpfDroplet droplet = new(agent, transit, options, ports);
            droplet.Jump(0, transit.Program);
            return droplet;
        }
        catch
        {
            transit?.Dispose();
            agent.Dispose();
            throw;
        }
    }

    /// <summary>Descriptor of a program; valid as long as this object.</summary>
    public int Program(ProgramId program) => Of(program).Program;

    /// <summary>Attaches a program to an interface of the calling thread's network namespace.</summary>
    /// <exception cref="HarnessException">The kernel refused; says why and the mend.</exception>
    public XdpLink Attach(ProgramId program, int ifindex, XdpMode mode = XdpMode.Native)
    {
        lock (gate)
        {
            codecs.GoLive();
        }
        return XdpLink.Attach(Program(program), program.ToString(), ifindex, mode);
    }

    /// <summary>
    /// Names the program a row <see cref="StageProgram.Function"/> of <see cref="Tables.Stages"/> stands for, from the next write of that row on. It must be an XDP
    /// program, and stay loaded as long as the row is there.
    /// </summary>
    /// <param name="slot">Of <see cref="StageSlot"/>.</param>
    /// <param name="program">Its descriptor.</param>
    public void UseFunction(int slot, int program)
    {
        lock (gate)
        {
            stages.UseFunction(slot, program);
        }
    }

    /// <summary>
    /// Attaches the limiter of best-effort traffic (<see cref="Tables.Bandwidth"/>) to an interface's egress, that of the NIC behind the host's bridge; on a thread of
    /// the interface's network namespace. It keeps no queue: a horizon above 0 needs one that heeds departure times (fq) on the interface.
    /// </summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public TcLink AttachEgress(int ifindex)
    {
        const int exists = -17; // -EEXIST: somebody made the clsact before
        TcHook hook = TcHook.Egress(ifindex);
        TcOptions attach = new() { Size = 32, Program = EgressDescriptor };
        int result = LibBpf.TcHookCreate(&hook);
        if (result is < 0 and not exists)
        {
            throw new HarnessException($"interface {ifindex} takes no clsact: {LibC.ErrorText(-result)}");
        }
        result = LibBpf.TcAttach(&hook, &attach);
        return result == 0
            ? new TcLink(ifindex, attach)
            : throw new HarnessException($"the egress limiter cannot be attached to interface {ifindex}: {LibC.ErrorText(-result)}");
    }

    /// <summary>Descriptor of the tc program; loads it at first.</summary>
    internal int EgressDescriptor
    {
        get
        {
            lock (gate)
            {
                return egress.Object.Program;
            }
        }
    }

    /// <inheritdoc cref="ITableWriter.Put"/>
    /// <exception cref="HarnessException">The kernel refused the row: the table is full, or a slot or interface does not exist.</exception>
    public void Put<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        lock (gate)
        {
            codecs.Of(table).Put(key, value);
        }
    }

    /// <inheritdoc cref="ITableWriter.Delete"/>
    public void Delete<TKey, TValue>(Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        lock (gate)
        {
            codecs.Of(table).Delete(key);
        }
    }

    /// <inheritdoc cref="ITableReader.Knows"/>
    public bool Knows(ITable table) => codecs.Has(table);

    /// <inheritdoc cref="ITableReader.Rows"/>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        lock (gate)
        {
            return codecs.Of(table).Rows();
        }
    }

    /// <summary>Empties every table; the programs stay.</summary>
    /// <param name="except">A table that keeps its rows; null: none does.</param>
    public void Clear(ITable? except = null)
    {
        lock (gate)
        {
            codecs.Clear(except);
        }
    }

    /// <summary>Instructions and machine code, by program name.</summary>
    public ImmutableArray<BpfProgramInfo> Programs()
    {
        return [Describe(ProgramId.Agent), Describe(ProgramId.Transit)];

        BpfProgramInfo Describe(ProgramId program)
        {
            const int instructionBytes = 8;
            ProgramInfo info = Of(program).Info();
            return new BpfProgramInfo(program, (int)info.TranslatedBytes / instructionBytes, (int)info.VerifiedInstructions, (int)info.JitedBytes);
        }
    }

    /// <summary>Trace events that found no room in the ring buffer, all CPUs together. A run with any is no evidence.</summary>
    public long LostEvents()
    {
        Span<byte> key = stackalloc byte[sizeof(uint)];
        key.Clear();
        ulong[] values = new ulong[LibBpf.PossibleCpus()];
        lost.TryLookup(key, MemoryMarshal.AsBytes(values.AsSpan()));
        long sum = 0;
        foreach (ulong value in values)
        {
            sum += (long)value;
        }
        return sum;
    }

    /// <summary>
    /// The result of the last run, on any CPU, with <see cref="Recording.Result"/>. Reads memory the kernel shares; makes no system call.
    /// </summary>
    public ref readonly RunResult LastRun
    {
        get
        {
            if (lastRun == 0)
            {
                MapLastRun();
            }
            return ref *(RunResult*)lastRun;
        }
    }

    /// <summary>The droplet's maps, each once, by name.</summary>
    internal IReadOnlyList<BpfMap> Maps() => [.. agent.Maps().Concat(transit.Maps()).DistinctBy(map => map.Name).OrderBy(map => map.Name, StringComparer.Ordinal)];

    /// <summary>The object whose maps all programs of the droplet share.</summary>
    internal BpfObject Shared => agent;

    /// <summary>A map of either program that is no table, like what is used up of a limit; null when they have none of this name.</summary>
    internal BpfMap? Scratch(string name) => transit.Has(name) ? transit.Map(name) : agent.Has(name) ? agent.Map(name) : null;

    /// <summary>A row as a run of a program told it.</summary>
    internal TableChange Describe(in RunChange change) => codecs.Of(change.Table).Describe(change.Key, change.Value, change.Removed);

    internal void Visit(IRowVisitor visitor, in RunChange change) => codecs.Of(change.Table).Visit(visitor, change.Key, change.Value, change.Removed);

    /// <summary>Sets the time programs read, when they were loaded with <see cref="BpfOptions.LabClock"/>. Writes memory the kernel shares; makes no system call.</summary>
    public void SetTime(SimTime time)
    {
        const long picosecondsANanosecond = 1_000;
        if (clock == 0)
        {
            clock = MapMemory("lab_clock", LibC.ProtectionRead | LibC.ProtectionWrite);
        }
        *(ulong*)clock = (ulong)(time.Picoseconds / picosecondsANanosecond);
    }

    public void Dispose()
    {
        if (clock != 0)
        {
            _ = LibC.Unmap(clock, (nuint)Environment.SystemPageSize);
            clock = 0;
        }
        if (lastRun != 0)
        {
            _ = LibC.Unmap(lastRun, (nuint)Environment.SystemPageSize);
            lastRun = 0;
        }
        codecs.Dispose();
        egress.Dispose();
        stages.Dispose();
        transit.Dispose();
        agent.Dispose();
    }

    /// <summary>The capture hook's slots, a verdict each; a program in one sees nothing unless loaded with <see cref="BpfOptions.Capture"/>.</summary>
    internal BpfMap CaptureHook => transit.Map("capture_hook");

    private BpfObject Of(ProgramId program) => program == ProgramId.Agent ? agent : transit;

    private void Jump(int slot, int program)
    {
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(key, slot);
        MemoryMarshal.Write(value, program);
        agent.Map("jump").Update(key, value);
    }

    private void MapLastRun()
    {
        if (!Options.Recording.HasFlag(Recording.Result))
        {
            throw new InvalidOperationException("the programs were not loaded to record results");
        }
        lastRun = MapMemory("run_result", LibC.ProtectionRead);
    }

    private nint MapMemory(string map, int protection)
    {
        nint address = LibC.Map(0, (nuint)Environment.SystemPageSize, protection, LibC.MapShared, agent.Map(map).Descriptor, 0);
        return address == LibC.MapFailed
            ? throw new HarnessException($"the map '{map}' cannot be mapped: {LibC.ErrorText(Marshal.GetLastPInvokeError())}")
            : address;
    }
}
