using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct endpoint. The first of the remotes is what a hop needs, as a number of <see cref="HostTable"/>; of a scaled endpoint the backends, a list in
/// <c>picks</c>. More remotes of another endpoint no program looks at: they are remembered here. A substrate row (VNI 0) is also what
/// transit knows of that host's MAC.
/// </summary>
internal sealed class EndpointCodec(BpfMap map, HostLists lists) : TableCodec<EndpointKey, EndpointValue>
{
    private const int ValueBytes = 16;
    private const int HostAt = 0, SlotAt = 4, MacAt = 8, TypeAt = 14, FlagsAt = 15;
    private const byte HasRemote = 1, HasIngressPolicy = 2, IsProxied = 4, HasEgressPolicy = 8;

    private readonly Dictionary<EndpointKey, AddressList> unused = [];

    public override void Put(in EndpointKey key, in EndpointValue value)
    {
        Span<byte> k = stackalloc byte[Layout.EndpointKeyBytes], v = stackalloc byte[ValueBytes], before = stackalloc byte[ValueBytes];
        Layout.WriteEndpointKey(key, k);
        bool replaces = map.TryLookup(k, before);
        v.Clear();
        if (value.Remotes.Count > 0)
        {
            Layout.Write(v, HostAt, value.Type == EndpointType.Scaled ? lists.TakeBackends(value.Remotes) : lists.Hosts.Take(value.Remotes[0]));
            v[FlagsAt] |= HasRemote;
        }
        Layout.Write(v, SlotAt, value.Slot);
        value.Mac.Write(v[MacAt..]);
        v[TypeAt] = checked((byte)value.Type);
        v[FlagsAt] |= (byte)((value.HasIngressPolicy ? HasIngressPolicy : 0) | (value.IsProxied ? IsProxied : 0)
            | (value.HasEgressPolicy ? HasEgressPolicy : 0));
        map.Update(k, v);
        unused.Remove(key);
        if (value.Type != EndpointType.Scaled && value.Remotes.Count > 1)
        {
            unused.Add(key, value.Remotes);
        }
        if (key.Vni == Vni.Substrate)
        {
            lists.Hosts.SetMac(key.Address, value.Mac);
        }
        if (replaces)
        {
            Release(before);
        }
    }

    public override void Delete(in EndpointKey key)
    {
        Span<byte> k = stackalloc byte[Layout.EndpointKeyBytes], before = stackalloc byte[ValueBytes];
        Layout.WriteEndpointKey(key, k);
        if (!map.TryLookup(k, before))
        {
            return;
        }
        map.Delete(k);
        unused.Remove(key);
        if (key.Vni == Vni.Substrate)
        {
            lists.Hosts.SetMac(key.Address, null);
        }
        Release(before);
    }

    public override IReadOnlyList<KeyValuePair<EndpointKey, EndpointValue>> Rows()
    {
        byte[] keys = map.Keys();
        List<KeyValuePair<EndpointKey, EndpointValue>> rows = new(keys.Length / Layout.EndpointKeyBytes);
        Span<byte> v = stackalloc byte[ValueBytes];
        for (int at = 0; at < keys.Length; at += Layout.EndpointKeyBytes)
        {
            ReadOnlySpan<byte> k = keys.AsSpan(at, Layout.EndpointKeyBytes);
            if (map.TryLookup(k, v))
            {
                EndpointKey key = Layout.ReadEndpointKey(k);
                EndpointValue value = new((EndpointType)v[TypeAt], Remotes(key, v), Layout.Read<int>(v, SlotAt), MacAddress.Read(v[MacAt..]))
                {
                    HasIngressPolicy = (v[FlagsAt] & HasIngressPolicy) != 0,
                    HasEgressPolicy = (v[FlagsAt] & HasEgressPolicy) != 0,
                    IsProxied = (v[FlagsAt] & IsProxied) != 0,
                };
                rows.Add(new KeyValuePair<EndpointKey, EndpointValue>(key, value));
            }
        }
        return rows;
    }

    public override void Clear()
    {
        map.Clear();
        unused.Clear();
    }

    private AddressList Remotes(in EndpointKey key, ReadOnlySpan<byte> value)
    {
        if ((value[FlagsAt] & HasRemote) == 0)
        {
            return default;
        }
        uint named = Layout.Read<uint>(value, HostAt);
        return value[TypeAt] == (byte)EndpointType.Scaled ? lists.ReadBackends(named)
            : unused.TryGetValue(key, out AddressList all) ? all
            : new AddressList(lists.Hosts.AddressOf(named));
    }

    private void Release(ReadOnlySpan<byte> value)
    {
        if ((value[FlagsAt] & HasRemote) == 0)
        {
            return;
        }
        uint named = Layout.Read<uint>(value, HostAt);
        if (value[TypeAt] == (byte)EndpointType.Scaled)
        {
            lists.ReleaseBackends(named);
        }
        else
        {
            lists.Hosts.Release(named);
        }
    }
}
