using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Something that hangs on a fabric: a droplet. It is told its node and port, and gets events of <see cref="FabricEvent.FromLink"/>.</summary>
public interface IFabricHost : INode
{
    void Connect(SwitchedFabric fabric, NodeId id, FabricPort uplink);
}

/// <summary>What a fabric is built of.</summary>
/// <param name="Map">Which switches, and where the droplets hang.</param>
/// <param name="HostLink">Each droplet's link.</param>
/// <param name="SwitchLink">Links between switches.</param>
/// <param name="Seed">Of the choices among equal ports.</param>
public sealed record FabricPlan(FabricMap Map, Func<int, LinkSpec> HostLink, LinkSpec SwitchLink, ulong Seed)
{
    /// <summary>All switches choose alike, as those of one make with one setting do.</summary>
    public bool SharedSalt { get; init; }

    /// <summary>Between a failure and the switches' choosing other ways; until then frames are lost at it.</summary>
    public SimTime Convergence { get; init; } = SimTime.Zero;

    /// <summary>Queues' lengths are known although nothing depends on them.</summary>
    public bool Watched { get; init; }
}

/// <summary>
/// All switches and links of an underlay, and the droplets on them, as nodes of a simulation. Units (<see cref="FabricMap"/>) have their nodes side by side in the
/// order of their numbers, whatever the partitions: a unit's droplets, its switches, and of each switch of the top tier the part that leads down to it.
/// </summary>
/// <remarks>
/// A frame's ways between units go up to the top tier and straight down, so it leaves its unit's partition once: the link up is the lookahead. One event a link:
/// a switch takes no time, and queue and transmission are known when the frame is queued.
/// </remarks>
public sealed class SwitchedFabric
{
    /// <summary>A droplet's link up is followed by that down.</summary>
    private const int LinksOfDroplet = 2;

    private readonly FabricPlan plan;
    private readonly FabricLinks links;
    private readonly SwitchNode?[] switches;
    private readonly FabricPort[] uplinks;
    private readonly FabricPort[] downlinks;
    private readonly NodeId[] hosts;
    private readonly FabricUnit[] units;
    private int linkCount;

    /// <param name="plan">What to build.</param>
    /// <param name="shardOf">The shard of a unit's partition.</param>
    /// <param name="makeHost">Makes a droplet.</param>
    public SwitchedFabric(FabricPlan plan, Func<int, Shard> shardOf, Func<DropletId, Shard, IFabricHost> makeHost)
    {
        this.plan = plan;
        FabricMap map = plan.Map;
        uplinks = new FabricPort[map.Droplets];
        downlinks = new FabricPort[map.Droplets];
        hosts = new NodeId[map.Droplets];
        links = new FabricLinks(map.LinkDirections, map.Units);
        units = new FabricUnit[map.Units];
        for (int unit = 0; unit < map.Units; unit++)
        {
            units[unit] = AddUnit(unit, shardOf(unit), makeHost);
        }
        switches = new SwitchNode?[1 + units.Max(unit => unit.Tops[^1].Id.Index)];
        foreach (SwitchNode node in units.SelectMany(unit => unit.Switches))
        {
            switches[node.Id.Index] = node;
        }
    }

    public FabricMap Map => plan.Map;

    /// <summary>Some link is down, or was: until then nobody asks.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>All directions of all links.</summary>
    public IReadOnlyList<FabricPort> Links => links.Ports;

    internal FabricLinks AllLinks => links;

    /// <summary>The least delay between nodes of different units.</summary>
    public SimTime Lookahead => LookaheadOf(plan);

    public static SimTime LookaheadOf(FabricPlan plan) => plan.Map.Shape.Kind == FabricKind.Star
        ? Enumerable.Range(0, plan.Map.Droplets).Select(d => plan.HostLink(d).Delay).Min()
        : plan.SwitchLink.Delay;

    public NodeId NodeOf(DropletId droplet) => hosts[droplet.Index];

    /// <summary>From a droplet's NIC to its switch.</summary>
    public FabricPort Uplink(DropletId droplet) => uplinks[droplet.Index];

    /// <summary>From its switch to a droplet's NIC.</summary>
    public FabricPort Downlink(DropletId droplet) => downlinks[droplet.Index];

    /// <summary>The node the port of a droplet's switch belongs to.</summary>
    public NodeId SwitchOf(DropletId droplet)
    {
        FabricUnit unit = units[Map.UnitOf(droplet.Index)];
        return (unit.Edges.Length == 0 ? unit.Tops[0] : unit.Edges[Map.EdgeOf(droplet.Index)]).Id;
    }

    /// <summary>The first switch of a frame's way, where it is now.</summary>
    internal FabricPlace FirstSwitchOf(in Waybill waybill) => FabricPlace.Of(links[waybill.Link].Upper!.Value);

    /// <summary>Whether the link went down while the frame was on it.</summary>
    public bool IsLost(in Waybill waybill, long arrival) => LinkArrival.Unpack(arrival).Epoch != links[waybill.Link].Epoch;

    /// <summary>Whether switches send by the port: it is up, or they have not learned yet that it is not.</summary>
    public bool IsUsable(FabricPort port, SimTime now) => port.Failures.Count == 0 || now < port.Failures.Since + plan.Convergence;

    /// <summary>The switch at the other end; null: a droplet.</summary>
    internal SwitchNode? SwitchBehind(FabricPort port, in Waybill waybill)
    {
        int node = port.NodeFor(in waybill);
        return node < switches.Length ? switches[node] : null;
    }

    /// <summary>The links of one droplet go down, both ways.</summary>
    public void Fail(DropletId droplet, SimTime now) => Fail([Uplink(droplet), Downlink(droplet)], now);

    public void Restore(DropletId droplet) => Restore([Uplink(droplet), Downlink(droplet)]);

    /// <summary>Links go down; what is on them is lost. Only while no other partition runs.</summary>
    public void Fail(IEnumerable<FabricPort> failed, SimTime now)
    {
        HasFailed = true;
        foreach (FabricPort port in failed)
        {
            if (port.Failures.Count++ == 0)
            {
                port.Failures.Since = now;
                port.GoDown(now);
            }
        }
    }

    public void Restore(IEnumerable<FabricPort> restored)
    {
        foreach (FabricPort port in restored)
        {
            if (port.Failures.Count > 0 && --port.Failures.Count == 0)
            {
                port.ComeUp();
            }
        }
    }

    /// <summary>All directions of all links of a switch.</summary>
    public IReadOnlyList<FabricPort> LinksOf(FabricSwitch of) => [.. links.Ports.Where(link => link.Lower == of || link.Upper == of)];

    /// <summary>Both directions of the link between two switches.</summary>
    public IReadOnlyList<FabricPort> LinksBetween(FabricSwitch one, FabricSwitch other) =>
        [.. links.Ports.Where(link => (link.Lower == one && link.Upper == other) || (link.Lower == other && link.Upper == one))];

    private FabricUnit AddUnit(int unit, Shard shard, Func<DropletId, Shard, IFabricHost> makeHost)
    {
        FabricMap map = Map;
        (int First, int Count) all = (map.FirstOf(unit), map.CountOf(unit));
        for (int droplet = all.First; droplet < all.First + all.Count; droplet++)
        {
            IFabricHost host = makeHost(new DropletId(droplet), shard);
            FabricSwitch? above = map.Edges == 0 ? new FabricSwitch(SwitchTier.Top, 0) : new FabricSwitch(SwitchTier.Edge, (unit * map.Edges) + map.EdgeOf(droplet));
            uplinks[droplet] = AddLink(plan.HostLink(droplet), 0, up: true, null, above, droplet);
            downlinks[droplet] = AddLink(plan.HostLink(droplet), 0, up: false, null, above, droplet);
            hosts[droplet] = shard.Add(host);
            downlinks[droplet].Connect(hosts[droplet]);
            host.Connect(this, hosts[droplet], uplinks[droplet]);
        }
        SwitchNode[] edges = new SwitchNode[map.Edges];
        for (int e = 0; e < edges.Length; e++)
        {
            int first = map.FirstOf(unit, e);
            int end = e + 1 < map.Edges ? map.FirstOf(unit, e + 1) : all.First + all.Count;
            FabricSwitch self = new(SwitchTier.Edge, (unit * map.Edges) + e);
            PortRange up = map.Aggregations > 0
                ? AddLinks(map.Aggregations, 1, up: true, a => (self, new(SwitchTier.Aggregation, (unit * map.Aggregations) + a)))
                : AddLinks(map.Tops, 1, up: true, t => (self, new(SwitchTier.Top, t)));
            PortRange down = end > first ? new(downlinks[first].Link, end - first, LinksOfDroplet) : default;
            edges[e] = AddSwitch(shard, (first, end - first), DownBy.Droplet, down, up, Salt(self));
        }
        SwitchNode[] aggregations = new SwitchNode[map.Aggregations];
        for (int a = 0; a < aggregations.Length; a++)
        {
            FabricSwitch self = new(SwitchTier.Aggregation, (unit * map.Aggregations) + a);
            int perAggregation = map.Tops / map.Aggregations;
            int firstTop = a * perAggregation;
            PortRange down = AddLinks(map.Edges, 1, up: false, e => (new(SwitchTier.Edge, (unit * map.Edges) + e), self));
            aggregations[a] = AddSwitch(shard, all, DownBy.Edge, down, AddLinks(perAggregation, 2, up: true, t => (self, new(SwitchTier.Top, firstTop + t))), Salt(self));
        }
        SwitchNode[] tops = new SwitchNode[map.Tops];
        for (int t = 0; t < tops.Length; t++)
        {
            FabricSwitch self = new(SwitchTier.Top, t);
            FabricSwitch below = map.Aggregations > 0
                ? new(SwitchTier.Aggregation, (unit * map.Aggregations) + (t / (map.Tops / map.Aggregations)))
                : new(SwitchTier.Edge, unit);
            FabricPort down = map.Edges == 0 ? downlinks[unit] : AddLink(plan.SwitchLink, map.Tiers.Count - 1, up: false, below, self);
            tops[t] = AddSwitch(shard, all, DownBy.Only, new PortRange(down.Link, 1), default, 0);
        }
        links.BeginTops(unit, tops[0].Id);
        FabricUnit made = new(edges, aggregations, tops);
        Wire(unit, made);
        return made;
    }

    private void Wire(int unit, FabricUnit made)
    {
        if (made.Edges.Length == 0)
        {
            uplinks[unit].ConnectTop(0);
            return;
        }
        foreach (SwitchNode edge in made.Edges)
        {
            for (int i = 0; i < edge.Up.Count; i++)
            {
                Join(links[edge.Up[i]], i);
            }
            for (int d = 0; d < edge.Down.Count; d++)
            {
                uplinks[edge.FirstDroplet + d].Connect(edge.Id);
            }
        }
        int perAggregation = made.Aggregations.Length == 0 ? 0 : made.Tops.Length / made.Aggregations.Length;
        for (int a = 0; a < made.Aggregations.Length; a++)
        {
            for (int i = 0; i < perAggregation; i++)
            {
                links[made.Aggregations[a].Up[i]].ConnectTop((a * perAggregation) + i);
            }
            for (int e = 0; e < made.Edges.Length; e++)
            {
                links[made.Aggregations[a].Down[e]].Connect(made.Edges[e].Id);
            }
        }
        for (int t = 0; t < made.Tops.Length; t++)
        {
            links[made.Tops[t].Down[0]].Connect(perAggregation == 0 ? made.Edges[0].Id : made.Aggregations[t / perAggregation].Id);
        }

        void Join(FabricPort port, int number)
        {
            if (made.Aggregations.Length == 0)
            {
                port.ConnectTop(number);
            }
            else
            {
                port.Connect(made.Aggregations[number].Id);
            }
        }
    }

    private SwitchNode AddSwitch(Shard shard, (int First, int Count) below, DownBy downBy, PortRange down, PortRange up, uint salt)
    {
        SwitchNode made = new(this, shard, below, downBy, down, up, salt);
        made.Id = shard.Add(made);
        return made;
    }

    private PortRange AddLinks(int count, int tier, bool up, Func<int, (FabricSwitch Lower, FabricSwitch Upper)> ends)
    {
        PortRange made = new(linkCount, count);
        for (int i = 0; i < count; i++)
        {
            (FabricSwitch lower, FabricSwitch upper) = ends(i);
            AddLink(plan.SwitchLink, tier, up, lower, upper);
        }
        return made;
    }

    private FabricPort AddLink(LinkSpec spec, int tier, bool up, FabricSwitch? lower, FabricSwitch? upper, int droplet = -1)
    {
        FabricPort made = new(spec, new LinkPlace(linkCount, tier, up, droplet, lower, upper), plan.Watched, links);
        links.Ports[linkCount++] = made;
        return made;
    }

    private uint Salt(FabricSwitch of)
    {
        if (plan.SharedSalt)
        {
            return (uint)plan.Seed;
        }
        StableHash hash = new(plan.Seed);
        hash.Add((long)of.Tier);
        hash.Add(of.Number);
        return (uint)hash.Finish();
    }
}

/// <summary>The switches of one unit, and of those of the top tier the parts that lead down to it.</summary>
internal sealed record FabricUnit(SwitchNode[] Edges, SwitchNode[] Aggregations, SwitchNode[] Tops)
{
    public IEnumerable<SwitchNode> Switches => Edges.Concat(Aggregations).Concat(Tops);
}
