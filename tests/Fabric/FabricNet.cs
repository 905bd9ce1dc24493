using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

/// <summary>A fabric alone, whose droplets send waybills and keep what arrives.</summary>
internal sealed class FabricNet
{
    public static readonly SimTime Delay = SimTime.FromMicroseconds(1);

    /// <summary>8 bits a nanosecond: a byte takes one.</summary>
    public static readonly LinkSpec Link = new(Delay, new DataRate(8_000_000_000), LinkSpec.NoLimit);

    private readonly Simulation simulation = new();
    private readonly Shard shard;
    private readonly Host[] hosts;
    private readonly FabricMap map;
    private readonly FabricAudit audit;

    public FabricNet(FabricShape shape, int droplets, LinkSpec? link = null, bool sharedSalt = false, SimTime convergence = default)
    {
        map = new FabricMap(shape, droplets);
        shard = new Shard(simulation, 0, new FrameStore(new FramePool(withBytes: false)));
        hosts = [.. Enumerable.Range(0, droplets).Select(_ => new Host(shard))];
        FabricPlan plan = new(map, _ => link ?? Link, link ?? Link, Seed: 7) { SharedSalt = sharedSalt, Convergence = convergence, Watched = true };
        Fabric = new SwitchedFabric(plan, _ => shard, (droplet, _) => hosts[droplet.Index]);
        audit = new FabricAudit(Fabric);
    }

    public SwitchedFabric Fabric { get; }

    public SimTime Now => simulation.Now;

    public long Lost => shard.Losses.Total;

    public long LostFor(LossCause cause) => shard.Losses[cause];

    /// <summary>Arrivals at a droplet so far.</summary>
    public IReadOnlyList<(SimTime Time, Waybill Waybill)> ArrivedAt(int droplet) => hosts[droplet].Arrived;

    public void Send(int from, int to, uint flow = 0, int bytes = 1_000, CongestionField congestion = CongestionField.NotCapable, int sequence = 0)
    {
        int frame = shard.Frames.Take();
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        waybill = new Waybill { Length = bytes, FlowHash = flow, Congestion = congestion, Sender = from, Source = from, Sequence = sequence, Born = Now };
        waybill.AddressTo(to, map);
        hosts[from].Uplink!.Send(shard, hosts[from].Id, frame);
    }

    /// <summary>Every run is held to the identities of spec 12 §6.1.</summary>
    public void Run(SimTime? until = null)
    {
        simulation.Run(until ?? SimTime.Never, 10_000_000, CancellationToken.None);
        audit.Close(Now);
    }

    private sealed class Host(Shard shard) : IFabricHost
    {
        public FabricPort? Uplink { get; private set; }

        public NodeId Id { get; private set; }

        public List<(SimTime Time, Waybill Waybill)> Arrived { get; } = [];

        public void Connect(SwitchedFabric fabric, NodeId id, FabricPort uplink)
        {
            Id = id;
            Uplink = uplink;
        }

        public void Handle(in SimEvent happening)
        {
            Arrived.Add((shard.Now, shard.Frames.Waybill(happening.Subject)));
            shard.Frames.Release(happening.Subject);
        }
    }
}
