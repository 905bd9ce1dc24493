using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Random droplets of <see cref="RandomDroplets"/> with what only the dialect <c>lab</c> knows: peers, gateways, ages and kinds of direct-path entries, MTU.
/// </summary>
internal sealed class LabDroplets(int seed)
{
    /// <summary>Simulated time of every run of a droplet; entries were seen before and after it, by 2^20 ns ticks.</summary>
    public static readonly SimTime Now = SimTime.FromSeconds(100);

    private static readonly DropletId Droplet = new(0);
    private readonly Random random = new(seed);

    /// <summary>Writes a droplet into every one of the data planes.</summary>
    public void Write(params IDataPlane[] planes)
    {
        new RandomDroplets(seed).Write(planes);
        IDataPlane first = planes[0];
        uint now = LabClock.Ticks(Now);
        foreach (KeyValuePair<int, InterfaceConfig> row in first.Rows(Droplet, Tables.Interface))
        {
            Put(planes, Tables.Interface, row.Key, row.Value with { MtuBytes = random.Next(3) == 0 ? 200 : 0, HasUnhealthyPeers = random.Next(2) == 0 });
        }
        for (uint host = 0; host < 8; host++)
        {
            if (random.Next(5) != 0)
            {
                Put(planes, Tables.Peers, new Ipv4Address(0xAC110000u + 11 + host), random.Next(4) == 0 ? PeerState.Unhealthy : PeerState.Healthy);
            }
        }
        foreach (KeyValuePair<NetworkKey, NetworkValue> row in Sorted(first.Rows(Droplet, Tables.Networks)))
        {
            NetworkValue value = row.Value with
            {
                Gateway = random.Next(3) == 0 ? Ipv4Address.Any : new Ipv4Address(row.Key.Prefix.Address.Value | 1),
                GatewayMac = new MacAddress(0x02A5_5B00_0001),
                IsGuarded = random.Next(2) == 0,
            };
            Put(planes, Tables.Networks, row.Key, value);
        }
        foreach (KeyValuePair<EndpointKey, CachedHost> row in Sorted(first.Rows(Droplet, Tables.DirectPath)))
        {
            CachedHost value = row.Value with { Crosses = random.Next(2) == 0, Seen = random.Next(3) switch { 0 => now, 1 => now - 100, _ => now - 60_000 } };
            Put(planes, Tables.DirectPath, row.Key, value);
        }
        foreach (KeyValuePair<AgentId, AgentConfig> row in Sorted(first.Rows(Droplet, Tables.Agents)))
        {
            AgentConfig value = row.Value with
            {
                EndpointMac = new MacAddress(0x6A00_0000_0000u | (uint)row.Key.Value),
                Gateway = new Ipv4Address(0x0A00_0001),
                GatewayMac = new MacAddress(0x02A5_5B00_0001),
            };
            Put(planes, Tables.Agents, row.Key, value);
        }
        foreach (KeyValuePair<EndpointKey, EndpointValue> row in Sorted(first.Rows(Droplet, Tables.Endpoints)))
        {
            Put(planes, Tables.Endpoints, row.Key, row.Value with { IsProxied = random.Next(3) == 0 });
        }
        foreach (KeyValuePair<AgentId, AgentConfig> row in Sorted(first.Rows(Droplet, Tables.Agents)))
        {
            Put(planes, Tables.Agents, row.Key, row.Value with { IsProxied = random.Next(3) == 0 });
        }
        foreach (IDataPlane plane in planes)
        {
            plane.Now = Now;
        }
    }

    /// <summary>Rows come in no order, and chance must fall on the same in each run.</summary>
    private static IEnumerable<KeyValuePair<TKey, TValue>> Sorted<TKey, TValue>(IReadOnlyList<KeyValuePair<TKey, TValue>> rows)
        where TKey : struct => rows.OrderBy(row => row.Key.ToString(), StringComparer.Ordinal);

    private static void Put<TKey, TValue>(IDataPlane[] planes, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        foreach (IDataPlane plane in planes)
        {
            plane.Put(Droplet, table, key, value);
        }
    }
}
