using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The agents of a droplet and the substrate MACs they know: two tables to whoever writes them, a row of one array to the program, which wants both. Agents count
/// from 1, so that the array is found into by number; far numbers, which only a hand-written state has, have rows of their own. A part of <see cref="DropletTables"/>, not an object of its own.
/// </summary>
internal struct AgentTable
{
    /// <summary>Numbers below lie in the array.</summary>
    private const int Near = 4_096;

    private static readonly AgentRow NoRow = default;

    private readonly int substrateLimit;
    private AgentRow[]? rows;
    private int near;
    private FlatTable<AgentId, AgentRow>? far;
    private WholeValues<AgentConfig> whole;
    private int substrateCount;

    /// <param name="substrateLimit">Substrate rows of all agents together, at most.</param>
    public AgentTable(int substrateLimit)
    {
        this.substrateLimit = substrateLimit;
        whole = new();
    }

    public readonly bool Contains(in AgentId agent) => Find(in agent).IsPresent;

    public readonly bool TryGet(in AgentId agent, out AgentConfig config)
    {
        ref readonly AgentRow row = ref Find(in agent);
        if (!row.IsPresent)
        {
            config = default;
            return false;
        }
        config = row.WholeAt is var at and >= 0 ? whole[at] : row.Config;
        return true;
    }

    /// <summary>An agent's configuration where it lies.</summary>
    /// <param name="none">Of an agent that has none.</param>
    public readonly AgentView View(scoped in AgentId agent, ref readonly AgentConfig none)
    {
        ref readonly AgentRow row = ref Find(in agent);
        if (!row.IsPresent)
        {
            return new AgentView(in row, in none);
        }
        int at = row.WholeAt;
        return new AgentView(in row, in at >= 0 ? ref whole[at] : ref Unsafe.NullRef<AgentConfig>());
    }

    /// <summary>The MAC an agent knows of a droplet.</summary>
    public readonly bool TryGet(in AgentSubstrateKey key, out MacAddress mac)
    {
        if (Find(key.Agent).Neighbours is { } neighbours)
        {
            return neighbours.TryGet(key.Key, out mac);
        }
        mac = default;
        return false;
    }

    /// <summary>Asks for the memory of an agent's row.</summary>
    public readonly void Ask(AgentId agent)
    {
        if (rows is { } all && (uint)agent.Value < (uint)near)
        {
            Ahead.Of(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(all), agent.Value), Unsafe.SizeOf<AgentRow>());
        }
    }

    public void Put(in AgentId key, in AgentConfig value)
    {
        AgentRow row = RowOf(in key);
        int at = row.WholeAt;
        if (row.TrySet(in value))
        {
            Store(in key, in row);
            Forget(at);
            return;
        }
        row.SetWhole(whole.Keep(at, in value));
        Store(in key, in row);
    }

    public bool Remove(in AgentId key)
    {
        AgentRow row = RowOf(in key);
        if (!row.IsPresent)
        {
            return false;
        }
        int at = row.WholeAt;
        row.SetAbsent();
        Store(in key, in row);
        Forget(at);
        return true;
    }

    /// <summary>Inserts or replaces a substrate row.</summary>
    /// <exception cref="TableFullException">The key is new and there are as many as may be.</exception>
    public void Put(in AgentSubstrateKey key, in MacAddress value)
    {
        AgentRow row = RowOf(key.Agent);
        NeighbourList known = row.Neighbours ?? new NeighbourList([]);
        bool isNew = !known.TryGet(key.Key, out MacAddress mac);
        if (isNew && substrateCount == substrateLimit)
        {
            throw new TableFullException(substrateLimit);
        }
        if (isNew || mac != value)
        {
            SetNeighbours(key.Agent, known.With(key.Key, value));
        }
    }

    public bool Remove(in AgentSubstrateKey key)
    {
        AgentRow row = RowOf(key.Agent);
        if (row.Neighbours is not { } known || !known.TryGet(key.Key, out _))
        {
            return false;
        }
        SetNeighbours(key.Agent, known.Count == 1 ? null : known.Without(key.Key));
        return true;
    }

    /// <summary>Replaces an agent's substrate rows.</summary>
    public void SetNeighbours(AgentId agent, NeighbourList? neighbours)
    {
        AgentRow row = RowOf(in agent);
        substrateCount += (neighbours?.Count ?? 0) - (row.Neighbours?.Count ?? 0);
        row.Neighbours = neighbours;
        Store(in agent, in row);
    }

    public readonly void CopyTo(ICollection<KeyValuePair<AgentId, AgentConfig>> rows)
    {
        foreach ((AgentId agent, AgentRow row) in All())
        {
            if (row.IsPresent)
            {
                rows.Add(new KeyValuePair<AgentId, AgentConfig>(agent, ConfigOf(in row)));
            }
        }
    }

    public readonly void CopyTo(ICollection<KeyValuePair<AgentSubstrateKey, MacAddress>> rows)
    {
        foreach ((AgentId agent, AgentRow row) in All())
        {
            foreach (KeyValuePair<EndpointKey, MacAddress> known in row.Neighbours is { } neighbours ? neighbours.Rows : [])
            {
                rows.Add(new KeyValuePair<AgentSubstrateKey, MacAddress>(new AgentSubstrateKey(agent, known.Key), known.Value));
            }
        }
    }

    /// <summary>Makes the array as long as the highest agent needs.</summary>
    public void Trim()
    {
        int length = near;
        while (length > 0 && !rows![length - 1].IsPresent && rows[length - 1].Neighbours is null)
        {
            length--;
        }
        Resize(length);
    }

    private readonly AgentConfig ConfigOf(in AgentRow row) => row.WholeAt is var at and >= 0 ? whole[at] : row.Config;

    /// <summary>An agent's row where it lies; of one that has none, an empty one.</summary>
    public readonly ref readonly AgentRow Find(scoped in AgentId agent)
    {
        // By the number kept here, for the array's own lies in a line that nobody else needs.
        if (rows is { } all && (uint)agent.Value < (uint)near)
        {
            return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(all), agent.Value);
        }
        return ref far is null ? ref NoRow : ref far.Find(in agent, in NoRow);
    }

    private readonly AgentRow RowOf(in AgentId agent) => Find(in agent);

    private void Store(in AgentId agent, in AgentRow row)
    {
        if ((uint)agent.Value >= Near)
        {
            (far ??= new()).Put(in agent, in row);
            return;
        }
        if (agent.Value >= near)
        {
            Resize(Math.Max(agent.Value + 1, Math.Min(Near, near * 2)));
        }
        rows![agent.Value] = row;
    }

    private void Resize(int length)
    {
        Array.Resize(ref rows, length);
        near = length;
    }

    private readonly List<KeyValuePair<AgentId, AgentRow>> All()
    {
        List<KeyValuePair<AgentId, AgentRow>> all = [];
        for (int agent = 0; agent < near; agent++)
        {
            all.Add(new(new AgentId(agent), rows![agent]));
        }
        far?.CopyTo(all);
        return all;
    }

    /// <summary>Takes a whole configuration out, and tells the row whose own took its place.</summary>
    private void Forget(int at)
    {
        if (at < 0)
        {
            return;
        }
        int last = whole.Remove(at);
        foreach ((AgentId agent, AgentRow row) in All())
        {
            if (at != last && row.WholeAt == last)
            {
                AgentRow moved = row;
                moved.SetWhole(at);
                Store(in agent, in moved);
                return;
            }
        }
    }
}
