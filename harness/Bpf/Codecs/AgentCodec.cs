using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The agents, each found by the interface its endpoint's frames come in by. Which one an agent was written under is remembered, so that its row can be
/// deleted after the interface is gone; and its substrate rows are, for in the kernel they are part of its list of bouncers.
/// </summary>
internal sealed class AgentCodec(AgentRows rows, HostLists lists, PortResolver ports, OverriddenMacs overridden, DataPlaneSettings settings) : TableCodec<AgentId, AgentConfig>
{
    private readonly SortedDictionary<int, Written> agents = [];
    private readonly SortedDictionary<int, Dictionary<EndpointKey, MacAddress>> substrate = [];

    /// <summary>The agents' substrate rows.</summary>
    public TableCodec<AgentSubstrateKey, MacAddress> Substrate => new AgentSubstrateCodec(this);

    public override void Put(in AgentId key, in AgentConfig value)
    {
        TakeOverridden();
        Write(key, value);
    }

    private void Write(AgentId key, in AgentConfig value)
    {
        int ifindex = ports(new PortId(key.Value));
        if (agents.TryGetValue(key.Value, out Written? before) && before.Interface != ifindex)
        {
            Delete(key);
            before = null;
        }
        Span<byte> v = stackalloc byte[AgentLayout.Bytes];
        ListReference bouncers = lists.TakeKnown(value.Bouncers, SubstrateOf(key));
        AgentLayout.Write(key, value, bouncers, settings, v);
        rows.Put(ifindex, v);
        if (before is not null)
        {
            lists.Release(before.Bouncers);
        }
        agents[key.Value] = new Written(ifindex, bouncers);
    }

    public override void Delete(in AgentId key)
    {
        if (agents.Remove(key.Value, out Written? before))
        {
            rows.Delete(before.Interface);
            lists.Release(before.Bouncers);
        }
    }

    public override IReadOnlyList<KeyValuePair<AgentId, AgentConfig>> Rows()
    {
        List<KeyValuePair<AgentId, AgentConfig>> read = new(agents.Count);
        foreach (int agent in agents.Keys)
        {
            if (TryRead(agent, out AgentId id, out AgentConfig config))
            {
                read.Add(new KeyValuePair<AgentId, AgentConfig>(id, config));
            }
        }
        return read;
    }

    public override void Clear()
    {
        rows.Clear();
        agents.Clear();
        substrate.Clear();
        overridden.Clear();
    }

    /// <summary>What a program wrote into substrate rows is in them from here on, and the agents go by it.</summary>
    private void TakeOverridden()
    {
        foreach ((AgentSubstrateKey row, MacAddress mac) in overridden.Take())
        {
            SubstrateOf(row.Agent)[row.Key] = mac;
            Rewrite(row.Agent, row.Key.Address);
        }
    }

    private Dictionary<EndpointKey, MacAddress> SubstrateOf(AgentId agent)
    {
        if (!substrate.TryGetValue(agent.Value, out Dictionary<EndpointKey, MacAddress>? rows))
        {
            rows = [];
            substrate.Add(agent.Value, rows);
        }
        return rows;
    }

    private bool TryRead(int agent, out AgentId id, out AgentConfig config)
    {
        Span<byte> v = stackalloc byte[AgentLayout.Bytes];
        if (!rows.TryGet(agents[agent].Interface, v))
        {
            (id, config) = (default, default);
            return false;
        }
        id = AgentLayout.ReadId(v);
        config = AgentLayout.Read(v, lists.Read(AgentLayout.ReadBouncers(v)));
        return true;
    }

    /// <summary>Writes an agent's row again, whose bouncers' MACs are others.</summary>
    private void Rewrite(AgentId agent, Ipv4Address host)
    {
        if (agents.ContainsKey(agent.Value) && TryRead(agent.Value, out _, out AgentConfig config) && config.Bouncers.ToImmutableArray().Contains(host))
        {
            Write(agent, config);
        }
    }

    private sealed record Written(int Interface, ListReference Bouncers);

    private sealed class AgentSubstrateCodec(AgentCodec owner) : TableCodec<AgentSubstrateKey, MacAddress>
    {
        public override void Put(in AgentSubstrateKey key, in MacAddress value)
        {
            owner.TakeOverridden();
            owner.SubstrateOf(key.Agent)[key.Key] = value;
            owner.Rewrite(key.Agent, key.Key.Address);
        }

        public override void Delete(in AgentSubstrateKey key)
        {
            owner.TakeOverridden();
            if (owner.SubstrateOf(key.Agent).Remove(key.Key))
            {
                owner.Rewrite(key.Agent, key.Key.Address);
            }
        }

        public override IReadOnlyList<KeyValuePair<AgentSubstrateKey, MacAddress>> Rows()
        {
            owner.TakeOverridden();
            return [.. owner.substrate.SelectMany(agent => agent.Value.Select(row => KeyValuePair.Create(new AgentSubstrateKey(new AgentId(agent.Key), row.Key), row.Value)))];
        }

        public override void Clear() => owner.substrate.Clear();
    }
}
