using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct endpoint, in a flat table. The first of the remotes is what a hop needs, as a number of <see cref="HostTable"/>; of a scaled endpoint the backends, a list in
/// <c>picks</c>. More remotes of another endpoint no program looks at: they are remembered here. A substrate row (VNI 0) is also what
/// transit knows of that host's MAC.
/// </summary>
internal sealed class EndpointCodec(FlatTable table, HostLists lists) : TableCodec<EndpointKey, EndpointValue>, IDisposable
{
    private const int ValueBytes = 16;
    private const int HostAt = 0, SlotAt = 4, MacAt = 8, TypeAt = 14, FlagsAt = 15;
    private const byte HasRemote = 1, HasIngressPolicy = 2, IsProxied = 4, HasEgressPolicy = 8, IsOutside = 16;

    private readonly Dictionary<EndpointKey, AddressList> unused = [];

    public override void Put(in EndpointKey key, in EndpointValue value)
    {
        FlatKey at = FlatKey.Of(key.Vni, key.Address);
        bool replaces = table.TryGet(at, out FlatValue before);
        Span<byte> v = stackalloc byte[ValueBytes];
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
            | (value.HasEgressPolicy ? HasEgressPolicy : 0) | (value.IsOutside ? IsOutside : 0));
        table.Put(at, FlatValue.Read(v));
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
        FlatKey at = FlatKey.Of(key.Vni, key.Address);
        if (!table.TryGet(at, out FlatValue before))
        {
            return;
        }
        table.Delete(at);
        unused.Remove(key);
        if (key.Vni == Vni.Substrate)
        {
            lists.Hosts.SetMac(key.Address, null);
        }
        Release(before);
    }

    public override IReadOnlyList<KeyValuePair<EndpointKey, EndpointValue>> Rows()
    {
        List<KeyValuePair<EndpointKey, EndpointValue>> rows = new(table.Count);
        Span<byte> v = stackalloc byte[ValueBytes];
        foreach ((FlatKey at, FlatValue flat) in table.Rows())
        {
            flat.Write(v);
            EndpointKey key = new(new Vni(at.Vni), at.Address);
            EndpointValue value = new((EndpointType)v[TypeAt], Remotes(key, v), Layout.Read<int>(v, SlotAt), MacAddress.Read(v[MacAt..]))
            {
                HasIngressPolicy = (v[FlagsAt] & HasIngressPolicy) != 0,
                HasEgressPolicy = (v[FlagsAt] & HasEgressPolicy) != 0,
                IsProxied = (v[FlagsAt] & IsProxied) != 0,
                IsOutside = (v[FlagsAt] & IsOutside) != 0,
            };
            rows.Add(new KeyValuePair<EndpointKey, EndpointValue>(key, value));
        }
        return rows;
    }

    public override void Clear()
    {
        table.Clear();
        unused.Clear();
    }

    public void Dispose() => table.Dispose();

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

    private void Release(FlatValue before)
    {
        Span<byte> value = stackalloc byte[ValueBytes];
        before.Write(value);
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
