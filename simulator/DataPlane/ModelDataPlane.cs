using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The reference data plane: upstream's agent and transit programs in C#, for all droplets of a run, one hop a call.
/// <code>
/// ModelDataPlane model = new(droplets: 2);
/// plan.WriteInitial(model);
/// Frame frame = Frame.FromBytes(ping);
/// ProgramResult sent = model.Run(host, ProgramId.Agent, new AgentId(1), ref frame);   // REDIRECT to the NIC; frame is encapsulated
/// </code>
/// It reads as the spec does: <see cref="Agent"/> and <see cref="Encapsulation"/> (§3.2 to §3.4), <see cref="Transit"/>, <see cref="ArpFunction"/>,
/// <see cref="SwitchFunction"/> and <see cref="RouterFunction"/> (§3.5 to §3.8), on <see cref="DropletTables"/>. A run allocates nothing, but
/// when a learned entry is the first for which the cache must grow. Not for use by several threads at once; but each may have its own view
/// (<see cref="ForPartition"/>) and run the programs of its own droplets.
/// </summary>
public sealed class ModelDataPlane : IDataPlane, IReportsChanges, IClearable, IPacesEgress, ISharesPeers, ISharesNeighbours, ICountsCaches
{
    private readonly DropletTables[] droplets;
    private readonly TableSizes sizes;
    private readonly ChangeLog changes = new();
    private ForeseenRun foreseen;

    /// <param name="droplets">How many there are; ids are 0 to one less.</param>
    /// <param name="settings">Null: <see cref="DataPlaneSettings.Mizar"/>.</param>
    /// <param name="sizes">Null: the dialect's.</param>
    public ModelDataPlane(int droplets, DataPlaneSettings? settings = null, TableSizes? sizes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(droplets);
        Settings = settings ?? DataPlaneSettings.Mizar;
        this.sizes = sizes ?? TableSizes.Of(Settings.Dialect);
        this.droplets = new DropletTables[droplets];
        MakeTables();
    }

    private ModelDataPlane(ModelDataPlane whole)
    {
        droplets = whole.droplets;
        sizes = whole.sizes;
        Settings = whole.Settings;
    }

    public DataPlaneSettings Settings { get; }

    public SimTime Now { get; set; }

    public bool ReportChanges
    {
        get => changes.Enabled;
        set => changes.Enabled = value;
    }

    /// <inheritdoc/>
    /// <remarks>Of all views of these tables (<see cref="ForPartition"/>); set while nobody runs programs.</remarks>
    public bool CountsCaches
    {
        get => droplets.Length > 0 && droplets[0].Counters is not null;
        set
        {
            foreach (DropletTables tables in droplets)
            {
                tables.Counters = value ? tables.Counters ?? new CacheCounters() : null;
            }
        }
    }

    /// <inheritdoc/>
    public CacheCounts CountsOf(DropletId droplet, CacheTable cache) => TablesOf(droplet).Counters?[cache] ?? default;

    /// <inheritdoc/>
    public int RowsHeld(DropletId droplet, CacheTable cache) => TablesOf(droplet).RowsHeld(cache);

    /// <exception cref="ArgumentOutOfRangeException">No such droplet.</exception>
    /// <exception cref="TableFullException">A new row for a table that holds as many as it may.</exception>
    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        DropletTables tables = TablesOf(droplet);
        tables.RowsOf(table).Put(in key, in value);
        tables.NoteWrite(table);
    }

    /// <inheritdoc/>
    public void PutPeers(DropletId droplet, PeerDirectory all, Ipv4Address self) => TablesOf(droplet).Peers.Share(all, self);

    /// <inheritdoc/>
    public void PutNeighbours(DropletId droplet, AgentId agent, NeighbourList neighbours) => TablesOf(droplet).Agents.SetNeighbours(agent, neighbours);

    /// <summary>
    /// The same tables with a clock and a log of changes of its own, for somebody who runs the programs of some of the droplets beside others who run those of the
    /// others.
    /// </summary>
    public ModelDataPlane ForPartition() => new(this);

    /// <summary>Gives back what a droplet's tables have taken beyond their rows; for large runs, once all is written.</summary>
    public void Trim(DropletId droplet) => TablesOf(droplet).Trim();

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        DropletTables tables = TablesOf(droplet);
        tables.RowsOf(table).Remove(in key);
        tables.NoteWrite(table);
    }

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        List<KeyValuePair<TKey, TValue>> rows = [];
        TablesOf(droplet).RowsOf(table).CopyTo(rows);
        return rows;
    }

    public ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
    {
        DropletTables tables = TablesOf(droplet);
        tables.Time = Now;
        if (!ReferenceEquals(tables.Changes, changes))
        {
            tables.Changes = changes;
        }
        ProgramResult result = program switch
        {
            ProgramId.Agent => Agent.Run(tables, agent, ref frame),
            ProgramId.Transit => Transit.Run(tables, default, ref frame),
            _ => throw new ArgumentOutOfRangeException(nameof(program), program, "no such program"),
        };

        // Behind the program: what was asked for just before it has come meanwhile.
        foreseen.Follow();
        return result;
    }

    /// <summary>What of a droplet's heads (<see cref="HeadsOf"/>) runs look at: to be asked for some events ahead.</summary>
    public const int HeadBytes = DropletTables.HotBytes;

    /// <summary>The heads of a droplet's tables, which every run there begins at; null: there is no such droplet.</summary>
    public object? HeadsOf(DropletId droplet) => (uint)droplet.Index < (uint)droplets.Length ? droplets[droplet.Index] : null;

    /// <summary>Asks for the row an agent's run will look at first: the tables' heads should have come (<see cref="HeadsOf"/>).</summary>
    public void Foresee(DropletId droplet, AgentId agent)
    {
        foreseen.Follow();
        if ((uint)droplet.Index < (uint)droplets.Length)
        {
            droplets[droplet.Index].Agents.Ask(agent);
        }
    }

    /// <summary>
    /// Asks for the row of a frame's destination, which a run of transit will look at first: the tables' heads should have come, and the frame's. What that row leads to
    /// is asked for behind the next run, or when another is foreseen, by when it should be there.
    /// </summary>
    public void Foresee(DropletId droplet, in Frame frame)
    {
        foreseen.Follow();
        if ((uint)droplet.Index < (uint)droplets.Length && frame.TryFront(ForeseenRun.FrameBytes, out FrameFront head))
        {
            foreseen.Begin(droplets[droplet.Index], head);
        }
    }

    public EgressAnswer Egress(DropletId droplet, in Frame frame, SimTime earliest) => TablesOf(droplet) is { HasBandwidth: true } tables
        ? tables.Bandwidth.Ask(frame.HeadView, frame.Length, Settings, (ulong)Now.Nanoseconds, (ulong)earliest.Nanoseconds)
        : EgressPacer.Unlimited((ulong)Math.Max(Now.Nanoseconds, earliest.Nanoseconds));

    /// <summary>Makes it as new: empty tables, nothing counted, nothing learned. The time stays.</summary>
    public void Clear()
    {
        bool counted = CountsCaches;
        MakeTables();
        CountsCaches = counted;
        changes.Clear();
    }

    public IReadOnlyList<TableChange> TakeChanges() => changes.Take();

    public void TakeChanges(IRowVisitor visitor) => changes.Take(visitor);

    /// <summary>
    /// One after the other, before there is any row: the heads of all droplets' tables lie in few pages then, which every run needs one of. They cost some 400
    /// bytes a droplet.
    /// </summary>
    private void MakeTables()
    {
        Lifetimes lifetimes = new(Settings);
        for (int i = 0; i < droplets.Length; i++)
        {
            droplets[i] = new DropletTables(Settings, sizes, lifetimes);
        }
    }

    private DropletTables TablesOf(DropletId droplet)
    {
        DropletTables[] all = droplets;
        return (uint)droplet.Index < (uint)all.Length
            ? all[droplet.Index]
            : throw new ArgumentOutOfRangeException(nameof(droplet), droplet.Index, $"there are {all.Length} droplets");
    }
}
