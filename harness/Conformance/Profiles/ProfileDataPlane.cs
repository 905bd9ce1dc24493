using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>
/// Somebody's compiled programs as a data plane, wired and encoded as their profile says. One hop is one BPF_PROG_TEST_RUN, in a namespace and on a thread of its
/// own, as of <see cref="BpfDataPlane"/>.
/// </summary>
/// <remarks>
/// Such programs report nothing. Table changes are read back. A redirect's target is found by the method of spec 11: the frame is run again from the same
/// state with one filled devmap slot removed at a time, and the slot whose absence changes the verdict is the target. Reasons are unknown
/// (<see cref="TellsReasons"/>). The programs read the kernel's clock, not <see cref="Now"/>.
/// </remarks>
public sealed class ProfileDataPlane : IDataPlane, IReportsChanges, IDisposable
{
    private readonly Profile profile;
    private readonly NamespaceThread thread;
    private readonly InterfacePool interfaces;
    private readonly TestRun testRun = new();
    private readonly (ProfileDroplet Objects, ProfileTables Tables)?[] droplets;
    private readonly SortedDictionary<int, PortId> ports = [];
    private readonly List<ProfileChange> changes = [];

    /// <param name="profile">With the encoding <see cref="ProfileEncoding.Described"/>.</param>
    /// <param name="droplets">How many there are; each is loaded at its first use.</param>
    /// <param name="runId">Names the interfaces; eight lower-case hexadecimal digits.</param>
    public ProfileDataPlane(Profile profile, int droplets, string runId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(droplets);
        if (profile.Encoding != ProfileEncoding.Described)
        {
            throw new ArgumentException($"profile {profile.Name} is encoded by the lab's codecs: it is run by {nameof(BpfDataPlane)}", nameof(profile));
        }
        this.profile = profile;
        this.droplets = new (ProfileDroplet, ProfileTables)?[droplets];
        Settings = DataPlaneSettings.Of(profile.Dialect);
        interfaces = new InterfacePool(runId);
        thread = new NamespaceThread($"profile {runId}");
    }

    public DataPlaneSettings Settings { get; }

    /// <summary>False: reasons of results are <see cref="Reason.None"/>, and nobody compares them.</summary>
    public bool TellsReasons => false;

    public SimTime Now { get; set; }

    public bool ReportChanges { get; set; }

    /// <summary>Runs a function on the data plane's thread, where its calls cost no switch of threads.</summary>
    public T Execute<T>(Func<T> function) => thread.Invoke(function);

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        (TKey k, TValue v) = (key, value);
        thread.Invoke(() =>
        {
            Of(droplet).Tables.Put(table, k, v);
            return true;
        });
    }

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        TKey k = key;
        thread.Invoke(() =>
        {
            Of(droplet).Tables.Delete(table, k);
            return true;
        });
    }

    /// <summary>Whether the profile's tables can hold a row: all its fields have places that are wide enough.</summary>
    public bool Holds<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => thread.Invoke(() => Of(droplet).Tables.Holds(table, key, value));

    public bool Knows(ITable table) => table == Tables.Stages || profile.Parts.Any(part => part.Table == table.Name);

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => thread.Invoke(() => Of(droplet).Tables.Rows(table));

    public ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        Frame copy = frame;
        ProgramResult result = thread.Invoke(() => RunHere(droplet, program, agent, ref copy));
        frame = copy;
        return result;
    }

    public IReadOnlyList<TableChange> TakeChanges()
    {
        // Counting is no learning: a run tells nothing of its sums, which the table's own rows show.
        TableChange[] taken = [.. changes.Where(change => change.Form.Name != Tables.Statistics.Name).Select(change => change.Form.Describe(change.Row, change.Removed))];
        changes.Clear();
        return taken;
    }

    public void TakeChanges(IRowVisitor visitor)
    {
        foreach (ProfileChange change in changes)
        {
            change.Form.Visit(visitor, change.Row, change.Removed);
        }
        changes.Clear();
    }

    public void Dispose()
    {
        foreach ((ProfileDroplet Objects, ProfileTables Tables)? droplet in droplets)
        {
            droplet?.Objects.Dispose();
        }
        thread.Dispose();
        testRun.Dispose();
    }

    private ProgramResult RunHere(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        (ProfileDroplet objects, ProfileTables tables) = Of(droplet);
        bool ofEndpoint = program == ProgramId.Agent && profile.Find(ProgramRole.Agent)!.PerEndpoint;
        if (ofEndpoint && !objects.Agents.ContainsKey(agent.Value))
        {
            objects.Agent(agent.Value);
            tables.SyncAgentSlots();
        }
        int descriptor = program == ProgramId.Transit ? objects.Transit : ofEndpoint ? objects.Agent(agent.Value).Program : objects.Object(ProgramRole.Agent).Program;
        SlotFinder finder = new(objects, tables, profile, agent, program);
        byte[] input = frame.ToBytes();
        int ingress = IndexOf(program == ProgramId.Agent ? new PortId(agent.Value) : PortId.Nic);
        finder.Remember();
        Verdict verdict = testRun.Run(descriptor, ingress, ref frame);
        if (ReportChanges)
        {
            changes.AddRange(finder.Changes());
        }
        if (verdict != Verdict.Redirect)
        {
            // An agent has one reason to PASS: the host's bridge and its queues (§3.4 row 8).
            Reason reason = verdict == Verdict.Pass && program == ProgramId.Agent ? Reason.ToBridge : Reason.None;
            return new ProgramResult(verdict, reason, Devmap.None, -1);
        }
        (Devmap devmap, int slot) = finder.Find(() =>
        {
            Frame again = Frame.FromBytes(input);
            return testRun.Run(descriptor, ingress, ref again);
        });
        return new ProgramResult(verdict, Reason.None, devmap, slot);
    }

    private int IndexOf(PortId port)
    {
        int index = interfaces[port];
        ports[index] = port;
        return index;
    }

    private (ProfileDroplet Objects, ProfileTables Tables) Of(DropletId droplet)
    {
        if ((uint)droplet.Index >= (uint)droplets.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(droplet), droplet.Index, $"there are {droplets.Length} droplets");
        }
        if (droplets[droplet.Index] is { } there)
        {
            return there;
        }
        ProfileDroplet objects = new(profile);
        (ProfileDroplet, ProfileTables) made = (objects, new ProfileTables(profile, objects, IndexOf, index => ports.TryGetValue(index, out PortId port) ? port : null));
        droplets[droplet.Index] = made;
        return made;
    }
}
