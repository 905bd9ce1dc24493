using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// The compiled XDP programs as a data plane: every hop is one BPF_PROG_TEST_RUN in this kernel, with real tables, real bytecode and no wire.
/// </summary>
/// <remarks>
/// Everything happens on one thread of its own, pinned to a CPU, in a network namespace of its own. Any thread may call; but each call from another
/// thread is two switches of threads, so a simulation is run whole by <see cref="Execute{T}"/>:
/// <code>
/// using BpfDataPlane bpf = new(plan.Topology.Droplets.Length, "0a1b2c3d");
/// BackendRun run = bpf.Execute(() => SimulatedRun.Execute(plan, bpf, traits, seed, cancel));
/// </code>
/// A redirect's target and the reason are what the program itself wrote down (bpf/trace.h); a test proves the targets by taking slots away. The direct-path
/// cache is the kernel's LRU, approximate when full: comparisons stay below its capacity, and evictions are not reported as changes.
/// </remarks>
public sealed class BpfDataPlane : IDataPlane, IReportsChanges, IClearable, IPacesEgress, IDisposable
{
    private readonly NamespaceThread thread;
    private readonly InterfacePool interfaces;
    private readonly TestRun testRun = new();
    private BpfDroplet?[] droplets;
    private int count;
    private readonly BpfOptions options;
    private readonly List<(BpfDroplet Droplet, RunChange Change)> changes = [];

    /// <param name="droplets">How many there are; ids are 0 to one less. Each is loaded at its first use.</param>
    /// <param name="runId">Names the interfaces; eight lower-case hexadecimal digits.</param>
    /// <param name="options">Results are recorded in any case; the redirect's target and the reason are read there.</param>
    /// <exception cref="HarnessException">No root, no objects, or the kernel refused.</exception>
    public BpfDataPlane(int droplets, string runId, BpfOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(droplets);
        if (runId.Length != 8 || !runId.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException($"'{runId}' is not a run's id of eight lower-case hexadecimal digits", nameof(runId));
        }
        BpfOptions given = options ?? new BpfOptions();
        this.options = given with { LabClock = true, Recording = given.Recording | Recording.Result, Objects = given.Objects ?? BpfObjects.Locate() };
        this.droplets = new BpfDroplet?[droplets];
        count = droplets;
        interfaces = new InterfacePool(runId);
        thread = new NamespaceThread($"bpf {runId}");
    }

    public DataPlaneSettings Settings => options.Settings;

    /// <summary>How many there have been at most: so many may be loaded.</summary>
    internal int Droplets => droplets.Length;

    /// <inheritdoc/>
    public SimTime Now { get; set; }

    /// <inheritdoc/>
    public bool ReportChanges { get; set; }

    /// <summary>Loads all droplets' programs now, side by side: the verifier's time is most of a short run's.</summary>
    /// <exception cref="HarnessException">The objects are missing, or the kernel refused one.</exception>
    public void Load() => DedicatedThreads.ForEach(Enumerable.Range(0, count), i => _ = Of(new DropletId(i)));

    /// <summary>From here on there are so many; what is loaded stays loaded, and is loaded for whoever has its number next.</summary>
    internal void Resize(int droplets)
    {
        count = droplets;
        if (droplets > this.droplets.Length)
        {
            Array.Resize(ref this.droplets, droplets);
        }
    }

    /// <summary>As newly made, but loaded: no rows, no changes, time 0.</summary>
    internal void Reset()
    {
        Clear();
        Now = SimTime.Zero;
        ReportChanges = false;
    }

    /// <summary>Runs a function on the data plane's thread, where its calls cost no switch of threads.</summary>
    public T Execute<T>(Func<T> function) => thread.Invoke(function);

    /// <inheritdoc cref="Execute{T}"/>
    public void Execute(Action action) => thread.Invoke(() =>
    {
        action();
        return true;
    });

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (thread.IsCurrent)
        {
            Of(droplet).Put(table, key, value);
        }
        else
        {
            PutFromOutside(droplet, table, key, value);
        }
    }

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        TKey row = key;
        Execute(() => Of(droplet).Delete(table, row));
    }

    public bool Knows(ITable table) => Execute(() => Of(new DropletId(0)).Knows(table));

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Execute(() => Of(droplet).Rows(table));

    /// <inheritdoc/>
    /// <exception cref="FrameNotRunnableException">The kernel takes no frame of this length in a test run.</exception>
    public ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        if (thread.IsCurrent)
        {
            return RunHere(droplet, program, agent, ref frame);
        }
        return RunFromOutside(droplet, program, agent, ref frame);
    }

    /// <inheritdoc/>
    /// <remarks>The clock programs read has whole nanoseconds.</remarks>
    public EgressAnswer Egress(DropletId droplet, in Frame frame, SimTime earliest)
    {
        Frame copy = frame;
        return thread.IsCurrent ? EgressHere(droplet, in frame, earliest) : Execute(() => EgressHere(droplet, in copy, earliest));
    }

    public IReadOnlyList<TableChange> TakeChanges()
    {
        if (changes.Count == 0)
        {
            return [];
        }
        TableChange[] taken = new TableChange[changes.Count];
        for (int i = 0; i < taken.Length; i++)
        {
            (BpfDroplet droplet, RunChange change) = changes[i];
            taken[i] = droplet.Describe(change);
        }
        changes.Clear();
        return taken;
    }

    public void TakeChanges(IRowVisitor visitor)
    {
        foreach ((BpfDroplet droplet, RunChange change) in changes)
        {
            droplet.Visit(visitor, change);
        }
        changes.Clear();
    }

    /// <summary>Empties all tables of all droplets; what is loaded stays loaded.</summary>
    public void Clear() => Clear(except: null);

    /// <inheritdoc cref="Clear()"/>
    /// <param name="except">A table that keeps its rows; null: none does.</param>
    public void Clear(ITable? except) => Execute(() =>
    {
        foreach (BpfDroplet? droplet in droplets)
        {
            droplet?.Clear(except);
        }
        changes.Clear();
    });

    /// <summary>The interface a port stands for. On the data plane's thread.</summary>
    internal int InterfaceOf(PortId port) => interfaces[port];

    /// <summary>The droplet's programs and tables in the kernel.</summary>
    public BpfDroplet Droplet(DropletId droplet) => Execute(() => Of(droplet));

    public void Dispose()
    {
        foreach (BpfDroplet? droplet in droplets)
        {
            droplet?.Dispose();
        }
        thread.Dispose();
        testRun.Dispose();
    }

    // Apart, for a lambda's captures are allocated where its method begins, and a hop on the thread itself allocates nothing.
    private void PutFromOutside<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Execute(() => Of(droplet).Put(table, key, value));

    private ProgramResult RunFromOutside(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        Frame copy = frame;
        ProgramResult result = Execute(() => RunHere(droplet, program, agent, ref copy));
        frame = copy;
        return result;
    }

    private ProgramResult RunHere(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        BpfDroplet programs = Of(droplet);
        programs.SetTime(Now);
        int ingress = interfaces[program == ProgramId.Agent ? new PortId(agent.Value) : PortId.Nic];
        Verdict verdict = testRun.Run(programs.Program(program), ingress, ref frame);
        ref readonly RunResult told = ref programs.LastRun;
        ProgramResult result = told.Result;
        if (result.Verdict != verdict || told.Program != program)
        {
            throw new HarnessException($"droplet {droplet.Index}: {program} answered {verdict}, and its record says {told.Program} answered {result.Verdict}");
        }
        if (ReportChanges)
        {
            foreach (RunChange change in told.Changes)
            {
                changes.Add((programs, change));
            }
        }
        return result;
    }

    private EgressAnswer EgressHere(DropletId droplet, in Frame frame, SimTime earliest)
    {
        const int shot = 2; // TC_ACT_SHOT
        BpfDroplet programs = Of(droplet);
        programs.SetTime(Now);
        ulong departure = (ulong)earliest.Nanoseconds;
        if (testRun.RunEgress(programs.EgressDescriptor, in frame, ref departure) == shot)
        {
            return new EgressAnswer(EgressVerdict.Drop, SimTime.Never);
        }
        SimTime arrival = SimTime.FromNanoseconds(Math.Max(Now.Nanoseconds, earliest.Nanoseconds)), at = SimTime.FromNanoseconds((long)departure);
        return at > arrival ? new EgressAnswer(EgressVerdict.Wait, at) : new EgressAnswer(EgressVerdict.Pass, arrival);
    }

    private BpfDroplet Of(DropletId droplet)
    {
        if ((uint)droplet.Index >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(nameof(droplet), droplet.Index, $"there are {count} droplets");
        }
        return droplets[droplet.Index] ??= BpfDroplet.Load(options.For(droplet), port => interfaces[port]);
    }
}
