using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// A DEVMAP. The kernel keeps interface indices, resolved in the namespace of the thread that writes; which port a slot was filled
/// with is remembered here. An interface that goes takes its slots along.
/// </summary>
/// <param name="interfaces">Where programs read the interface in a slot, which a DEVMAP does not let them; or null.</param>
internal sealed class SlotCodec(BpfMap map, PortResolver ports, BpfMap? interfaces = null) : TableCodec<int, PortId>
{
    private readonly SortedDictionary<int, PortId> filled = [];

    public override void Put(in int key, in PortId value)
    {
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[sizeof(int)];
        Layout.Write(k, 0, key);
        Layout.Write(v, 0, ports(value));
        map.Update(k, v);
        interfaces?.Update(k, v);
        filled[key] = value;
    }

    public override void Delete(in int key)
    {
        if (filled.Remove(key))
        {
            Span<byte> k = stackalloc byte[sizeof(int)], none = stackalloc byte[sizeof(int)];
            Layout.Write(k, 0, key);
            Layout.Write(none, 0, 0);
            interfaces?.Update(k, none);
            map.Delete(k);
        }
    }

    public override IReadOnlyList<KeyValuePair<int, PortId>> Rows()
    {
        List<KeyValuePair<int, PortId>> rows = [];
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[sizeof(int)];
        foreach (KeyValuePair<int, PortId> row in filled)
        {
            Layout.Write(k, 0, row.Key);
            if (map.TryLookup(k, v))
            {
                rows.Add(row);
            }
        }
        return rows;
    }

    public override void Clear()
    {
        foreach (int slot in filled.Keys.ToArray())
        {
            Delete(slot);
        }
    }
}
