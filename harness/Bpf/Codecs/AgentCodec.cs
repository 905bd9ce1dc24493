using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct agent, found by the interface its endpoint's frames come in by. The row's id is in the value; which interface an agent was
/// written under is remembered, so that its row can be deleted after the interface is gone.
/// </summary>
internal sealed class AgentCodec(BpfMap map, PortResolver ports) : TableCodec<AgentId, AgentConfig>
{
    private const int VniAt = 0, EndpointAt = 8, NicAddressAt = 12, NicMacAt = 16, IdAt = 24, BouncersAt = 28;
    private const int ValueBytes = BouncersAt + Layout.ListBytes;

    private readonly SortedDictionary<int, int> interfaces = [];

    public override void Put(in AgentId key, in AgentConfig value)
    {
        int ifindex = ports(new PortId(key.Value));
        if (interfaces.TryGetValue(key.Value, out int before) && before != ifindex)
        {
            Delete(key);
        }
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[ValueBytes];
        Layout.Write(k, 0, ifindex);
        v.Clear();
        Layout.Write(v, VniAt, value.Endpoint.Vni.Value);
        value.Endpoint.Address.Write(v[EndpointAt..]);
        value.NicAddress.Write(v[NicAddressAt..]);
        value.NicMac.Write(v[NicMacAt..]);
        Layout.Write(v, IdAt, key.Value);
        Layout.WriteList(value.Bouncers, v[BouncersAt..]);
        map.Update(k, v);
        interfaces[key.Value] = ifindex;
    }

    public override void Delete(in AgentId key)
    {
        if (interfaces.Remove(key.Value, out int ifindex))
        {
            Span<byte> k = stackalloc byte[sizeof(int)];
            Layout.Write(k, 0, ifindex);
            map.Delete(k);
        }
    }

    public override IReadOnlyList<KeyValuePair<AgentId, AgentConfig>> Rows()
    {
        List<KeyValuePair<AgentId, AgentConfig>> rows = new(interfaces.Count);
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[ValueBytes];
        foreach (int ifindex in interfaces.Values)
        {
            Layout.Write(k, 0, ifindex);
            if (map.TryLookup(k, v))
            {
                rows.Add(new KeyValuePair<AgentId, AgentConfig>(new AgentId(Layout.Read<int>(v, IdAt)), Read(v)));
            }
        }
        return rows;
    }

    public override void Clear()
    {
        map.Clear();
        interfaces.Clear();
    }

    private static AgentConfig Read(ReadOnlySpan<byte> value) => new(
        Ipv4Address.Read(value[NicAddressAt..]),
        MacAddress.Read(value[NicMacAt..]),
        new EndpointKey(new Vni(Layout.Read<ulong>(value, VniAt)), Ipv4Address.Read(value[EndpointAt..])),
        Layout.ReadList(value[BouncersAt..]));
}
