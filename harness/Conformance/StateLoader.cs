using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>Writes droplets' state through the table seam, and takes it back afterwards: every row it wrote, and every row that was learned.</summary>
public sealed class StateLoader(IDataPlane dataPlane)
{
    private readonly List<Action> written = [];
    private readonly SortedSet<DropletId> droplets = [];

    /// <summary>Writes one droplet's state.</summary>
    public void Load(DropletId droplet, DropletState state)
    {
        droplets.Add(droplet);
        if (state.Interface is { } nic)
        {
            Put(droplet, Tables.Interface, 0, nic);
        }
        foreach (int slot in state.Slots)
        {
            Put(droplet, Tables.Slots, slot, new PortId(slot));
        }
        PutAll(droplet, Tables.Endpoints, state.Endpoints);
        PutAll(droplet, Tables.Networks, state.Networks);
        PutAll(droplet, Tables.Vpcs, state.Vpcs);
        PutAll(droplet, Tables.DirectPath, state.DirectPath);
        for (int i = 0; i < state.Agents.Length; i++)
        {
            Load(droplet, new AgentId(i + 1), state.Agents[i]);
        }
    }

    /// <summary>Leaves the data plane as it was before.</summary>
    public void Clear()
    {
        foreach (Action takeBack in written)
        {
            takeBack();
        }
        written.Clear();
        foreach (DropletId droplet in droplets)
        {
            foreach (KeyValuePair<EndpointKey, CachedHost> row in dataPlane.Rows(droplet, Tables.DirectPath))
            {
                dataPlane.Delete(droplet, Tables.DirectPath, row.Key);
            }
        }
        droplets.Clear();
    }

    private void Load(DropletId droplet, AgentId id, AgentState agent)
    {
        if (agent.Config is { } config)
        {
            Put(droplet, Tables.Agents, id, config);
        }
        foreach (int slot in agent.Slots)
        {
            Put(droplet, Tables.AgentSlots, slot, new PortId(slot));
        }
        PutAll(
            droplet,
            Tables.AgentSubstrate,
            agent.Substrate.Select(row => KeyValuePair.Create(new AgentSubstrateKey(id, row.Key), row.Value)));
    }

    private void PutAll<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, IEnumerable<KeyValuePair<TKey, TValue>> rows)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        foreach ((TKey key, TValue value) in rows)
        {
            Put(droplet, table, key, value);
        }
    }

    private void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        dataPlane.Put(droplet, table, in key, in value);
        written.Add(() => dataPlane.Delete(droplet, table, in key));
    }
}
