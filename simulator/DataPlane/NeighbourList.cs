using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The substrate MACs an agent knows, its bouncers'. Never changes, so that all agents of a network share one.</summary>
public sealed class NeighbourList
{
    private readonly KeyValuePair<EndpointKey, MacAddress>[] rows;

    /// <param name="rows">No key twice.</param>
    public NeighbourList(ReadOnlySpan<KeyValuePair<EndpointKey, MacAddress>> rows) => this.rows = rows.ToArray();

    public int Count => rows.Length;

    public ReadOnlySpan<KeyValuePair<EndpointKey, MacAddress>> Rows => rows;

    public bool TryGet(in EndpointKey key, out MacAddress mac) => TryGet(in key, 0, out mac);

    /// <param name="likely">Where to look first; any number.</param>
    public bool TryGet(in EndpointKey key, int likely, out MacAddress mac)
    {
        KeyValuePair<EndpointKey, MacAddress>[] rows = this.rows;
        if ((uint)likely < (uint)rows.Length && rows[likely].Key == key)
        {
            mac = rows[likely].Value;
            return true;
        }
        foreach (ref readonly KeyValuePair<EndpointKey, MacAddress> row in rows.AsSpan())
        {
            if (row.Key == key)
            {
                mac = row.Value;
                return true;
            }
        }
        mac = default;
        return false;
    }

    /// <summary>The same with a row more, or another MAC.</summary>
    public NeighbourList With(in EndpointKey key, MacAddress mac) => new([.. Without(in key).rows, new(key, mac)]);

    /// <summary>The same without a key.</summary>
    public NeighbourList Without(in EndpointKey key)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Key == key)
            {
                return new NeighbourList([.. rows.AsSpan(0, i), .. rows.AsSpan(i + 1)]);
            }
        }
        return this;
    }
}

/// <summary>A data plane whose agents can share the rows of their bouncers' MACs. What is read back is the same as of rows for each.</summary>
public interface ISharesNeighbours
{
    /// <summary>The agent's substrate rows are these, and no others.</summary>
    void PutNeighbours(DropletId droplet, AgentId agent, NeighbourList neighbours);
}
