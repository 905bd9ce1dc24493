using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bench;

/// <summary>Counts rows and keeps none. A row handed over twice counts twice; peers and neighbours are not told apart here and not counted.</summary>
internal sealed class RowCounter : ITableWriter, ISharesPeers, ISharesNeighbours
{
    public long Rows { get; private set; }

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Rows++;

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Rows--;

    public void PutPeers(DropletId droplet, PeerDirectory all, Packets.Ipv4Address self)
    {
    }

    public void PutNeighbours(DropletId droplet, AgentId agent, NeighbourList neighbours) => Rows += neighbours.Count;
}
