using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct endpoint: the first of the remotes stands in the value, where every hop reads it; a list of more than one stands
/// whole in a table beside, which only the stage for scaled endpoints reads.
/// </summary>
internal sealed class EndpointCodec(BpfMap map, BpfMap lists) : TableCodec<EndpointKey, EndpointValue>
{
    private const int ValueBytes = 16;
    private const int RemoteAt = 0, SlotAt = 4, MacAt = 8, TypeAt = 14, CountAt = 15;

    public override void Put(in EndpointKey key, in EndpointValue value)
    {
        Span<byte> k = stackalloc byte[Layout.EndpointKeyBytes], v = stackalloc byte[ValueBytes];
        Layout.WriteEndpointKey(key, k);
        v.Clear();
        if (value.Remotes.Count > 0)
        {
            value.Remotes[0].Write(v[RemoteAt..]);
        }
        Layout.Write(v, SlotAt, value.Slot);
        value.Mac.Write(v[MacAt..]);
        v[TypeAt] = checked((byte)value.Type);
        v[CountAt] = (byte)value.Remotes.Count;
        if (value.Remotes.Count > 1)
        {
            PutList(k, value.Remotes); // first, so that no run finds a count without its list
            map.Update(k, v);
        }
        else
        {
            map.Update(k, v);
            lists.Delete(k);
        }
    }

    public override void Delete(in EndpointKey key)
    {
        Span<byte> k = stackalloc byte[Layout.EndpointKeyBytes];
        Layout.WriteEndpointKey(key, k);
        map.Delete(k);
        lists.Delete(k);
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
                EndpointValue value = new((EndpointType)v[TypeAt], ReadRemotes(k, v), Layout.Read<int>(v, SlotAt), MacAddress.Read(v[MacAt..]));
                rows.Add(new KeyValuePair<EndpointKey, EndpointValue>(Layout.ReadEndpointKey(k), value));
            }
        }
        return rows;
    }

    public override void Clear()
    {
        map.Clear();
        lists.Clear();
    }

    private void PutList(ReadOnlySpan<byte> key, in AddressList remotes)
    {
        Span<byte> list = stackalloc byte[Layout.ListBytes];
        list.Clear();
        Layout.WriteList(remotes, list);
        lists.Update(key, list);
    }

    private AddressList ReadRemotes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (value[CountAt])
        {
            case 0:
                return default;
            case 1:
                return new AddressList(Ipv4Address.Read(value[RemoteAt..]));
            default:
                Span<byte> list = stackalloc byte[Layout.ListBytes];
                return lists.TryLookup(key, list)
                    ? Layout.ReadList(list)
                    : throw new InvalidOperationException($"endpoint {Layout.ReadEndpointKey(key)} counts {value[CountAt]} remotes and has no list");
        }
    }
}
