using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Baselines;

/// <param name="Droplet">Whom it is for.</param>
/// <param name="Endpoint">What it is about; −1: a network.</param>
/// <param name="Rows">Distinct table rows that it writes and the droplet had not been told before.</param>
public readonly record struct ManagementMessage(int Droplet, int Endpoint, int Rows);

/// <summary>
/// The rows of a generated plan by what causes them: writes every droplet's by the plan's own generators and looks at whom each is about. A row for somebody's sake (the underlay MAC of
/// a host, a bouncer, a divider) goes with the first row that needs it.
/// </summary>
public sealed class ManagementMessages : ITableWriter, ISharesPeers
{
    private readonly GeneratedTopology topology;
    private readonly List<ManagementMessage> list = [];
    private readonly long[] baseRows;

    /// <summary>Of each endpoint and network, its last message, which is this droplet's or another's.</summary>
    private readonly int[] ofEndpoint;
    private readonly int[] ofNetwork;
    private readonly FlatTable<EndpointKey, byte> seen = new();
    private readonly FlatTable<Vni, byte> seenVpcs = new();
    private ManagementMessage[] sorted = [];
    private int droplet;

    /// <summary>Rows for the sake of the next.</summary>
    private int pending;

    private ManagementMessages(GeneratedTopology topology)
    {
        this.topology = topology;
        baseRows = new long[topology.DropletCount];
        ofEndpoint = new int[topology.EndpointCount];
        ofNetwork = new int[topology.Shape.Networks];
        Array.Fill(ofEndpoint, -1);
        Array.Fill(ofNetwork, -1);
    }

    public int Count => sorted.Length;

    /// <summary>Messages about networks first, then by endpoint.</summary>
    public ManagementMessage this[int number] => sorted[number];

    public long BaseRows(int ofDroplet) => baseRows[ofDroplet];

    public static ManagementMessages Of(GeneratedPlan plan)
    {
        ManagementMessages messages = new(plan.Topology);
        for (int d = 0; d < plan.Topology.DropletCount; d++)
        {
            messages.droplet = d;
            messages.seen.Clear();
            messages.seenVpcs.Clear();
            plan.Write(new DropletId(d), messages);
            messages.EndDroplet();
        }
        messages.Sort();
        return messages;
    }

    public void Put<TKey, TValue>(DropletId to, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        switch (key)
        {
            case EndpointKey endpoint when value is EndpointValue row:
                PutEndpoint(endpoint, row.Type);
                break;
            case AgentSubstrateKey agent:
                About(HostedAt(agent.Agent.Value), 1);
                break;
            case AgentId agent:
                About(HostedAt(agent.Value), 1);
                break;
            case int port when ReferenceEquals(table, Tables.Slots) && port != PortId.Nic.Value:
                About(HostedAt(port), 1);
                break;
            case int or Ipv4Address:
                baseRows[droplet]++;
                break;
            case Vni vpc when ReferenceEquals(table, Tables.Vpcs):
                pending += seenVpcs.Contains(in vpc) ? 0 : 1;
                seenVpcs.Put(in vpc, 0);
                break;
            case NetworkKey network:
                AboutNetwork(topology.NetworkAt(network.Vni, network.Prefix.Address));
                break;
            default:
                throw new InvalidOperationException($"a row of {table.Name} in a generated plan, and nothing says whom it is about");
        }
    }

    public void Delete<TKey, TValue>(DropletId from, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => throw new InvalidOperationException("a plan's first rows are written, not deleted");

    public void PutPeers(DropletId to, PeerDirectory all, Ipv4Address self) => baseRows[droplet] += all.Addresses.Length - (all.Contains(self) ? 1 : 0);

    private void PutEndpoint(in EndpointKey key, EndpointType type)
    {
        if (seen.Contains(in key))
        {
            return;
        }
        seen.Put(in key, 0);
        switch (type)
        {
            case EndpointType.Substrate:
                pending++;
                break;
            case EndpointType.Gateway:
                AboutNetwork(topology.NetworkAt(key.Vni, key.Address));
                break;
            default:
                About(topology.EndpointAt(key.Vni, key.Address), 1);
                break;
        }
    }

    private EndpointId HostedAt(int port) => topology.HostedAt(new DropletId(droplet), port - 1);

    private void About(EndpointId endpoint, int rows) => Add(ref ofEndpoint[endpoint.Index], endpoint.Index, rows + TakePending());

    private void AboutNetwork(NetworkId network) => Add(ref ofNetwork[network.Index], -1, 1 + TakePending());

    private int TakePending()
    {
        int taken = pending;
        pending = 0;
        return taken;
    }

    private void Add(ref int last, int endpoint, int rows)
    {
        if (last >= 0 && list[last].Droplet == droplet)
        {
            ref ManagementMessage message = ref CollectionsMarshal.AsSpan(list)[last];
            message = message with { Rows = message.Rows + rows };
            return;
        }
        last = list.Count;
        list.Add(new ManagementMessage(droplet, endpoint, rows));
    }

    private void EndDroplet()
    {
        if (pending != 0)
        {
            throw new InvalidOperationException($"droplet {droplet} was told of {pending} others, and nothing says for whose sake");
        }
    }

    private void Sort()
    {
        Grouping order = new(list.Count, topology.EndpointCount + 1, i => list[i].Endpoint + 1);
        sorted = new ManagementMessage[list.Count];
        int next = 0;
        for (int group = 0; group <= topology.EndpointCount; group++)
        {
            foreach (int i in order.Of(group))
            {
                sorted[next++] = list[i];
            }
        }
        list.Clear();
        list.TrimExcess();
    }
}
