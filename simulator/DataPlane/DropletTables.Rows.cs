using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The tables that are parts of a droplet's object, as the seam reads and writes them.</summary>
internal sealed partial class DropletTables
    : IRows<int, InterfaceConfig>,
        IRows<EndpointKey, EndpointValue>,
        IRows<AgentId, AgentConfig>,
        IRows<AgentSubstrateKey, MacAddress>,
        IRows<Ipv4Address, PeerState>
{
    void IRows<int, InterfaceConfig>.Put(in int key, in InterfaceConfig value) => Interface.Put(in key, in value);

    bool IRows<int, InterfaceConfig>.Remove(in int key) => Interface.Remove(in key);

    void IRows<int, InterfaceConfig>.CopyTo(ICollection<KeyValuePair<int, InterfaceConfig>> rows) => Interface.CopyTo(rows);

    void IRows<EndpointKey, EndpointValue>.Put(in EndpointKey key, in EndpointValue value) => Endpoints.Put(in key, in value);

    bool IRows<EndpointKey, EndpointValue>.Remove(in EndpointKey key) => Endpoints.Remove(in key);

    void IRows<EndpointKey, EndpointValue>.CopyTo(ICollection<KeyValuePair<EndpointKey, EndpointValue>> rows) => Endpoints.CopyTo(rows);

    void IRows<AgentId, AgentConfig>.Put(in AgentId key, in AgentConfig value) => Agents.Put(in key, in value);

    bool IRows<AgentId, AgentConfig>.Remove(in AgentId key) => Agents.Remove(in key);

    void IRows<AgentId, AgentConfig>.CopyTo(ICollection<KeyValuePair<AgentId, AgentConfig>> rows) => Agents.CopyTo(rows);

    void IRows<AgentSubstrateKey, MacAddress>.Put(in AgentSubstrateKey key, in MacAddress value) => Agents.Put(in key, in value);

    bool IRows<AgentSubstrateKey, MacAddress>.Remove(in AgentSubstrateKey key) => Agents.Remove(in key);

    void IRows<AgentSubstrateKey, MacAddress>.CopyTo(ICollection<KeyValuePair<AgentSubstrateKey, MacAddress>> rows) => Agents.CopyTo(rows);

    void IRows<Ipv4Address, PeerState>.Put(in Ipv4Address key, in PeerState value) => Peers.Put(in key, in value);

    bool IRows<Ipv4Address, PeerState>.Remove(in Ipv4Address key) => Peers.Remove(in key);

    void IRows<Ipv4Address, PeerState>.CopyTo(ICollection<KeyValuePair<Ipv4Address, PeerState>> rows) => Peers.CopyTo(rows);

    /// <summary>One of the two devmaps.</summary>
    private sealed class SlotRows(DropletTables tables, bool agents) : IRows<int, PortId>
    {
        private ref SlotTable Slots => ref agents ? ref tables.AgentSlots : ref tables.Slots;

        public void Put(in int key, in PortId value) => Slots.Put(in key, in value);

        public bool Remove(in int key) => Slots.Remove(in key);

        public void CopyTo(ICollection<KeyValuePair<int, PortId>> rows) => Slots.CopyTo(rows);
    }
}

/// <summary>The transmit statistics of a droplet that counts.</summary>
internal sealed class StatisticsRow : IRows<int, TransmitStatistics>
{
    private SingleRow<TransmitStatistics> row;

    public ref readonly TransmitStatistics Value => ref row.Value;

    public bool IsWritten => row.IsWritten;

    public void Put(in int key, in TransmitStatistics value) => row.Put(in key, in value);

    public bool Remove(in int key) => row.Remove(in key);

    public void CopyTo(ICollection<KeyValuePair<int, TransmitStatistics>> rows) => row.CopyTo(rows);
}
