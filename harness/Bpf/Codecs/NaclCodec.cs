using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct nacl (bpf/nacl.h): all rules of a VPC in one value, in their order, so that a frame finds them by one lookup. A write of one rule writes its VPC's
/// value anew; a frame sees the old rules or the new.
/// </summary>
internal sealed class NaclCodec(BpfMap map) : TableCodec<NaclKey, NaclEntry>
{
    private const int MostRules = NaclKey.Limit, HeadBytes = 8, RuleBytes = 24;

    private readonly SortedDictionary<ulong, SortedDictionary<int, NaclEntry>> rules = [];

    public override void Put(in NaclKey key, in NaclEntry value)
    {
        if (!rules.TryGetValue(key.Vni.Value, out SortedDictionary<int, NaclEntry>? of))
        {
            rules[key.Vni.Value] = of = [];
        }
        if ((uint)key.Order >= MostRules)
        {
            throw new HarnessException($"a network ACL has rules 0 to {MostRules - 1}, not {key.Order}");
        }
        of[key.Order] = value;
        Write(key.Vni, of);
    }

    public override void Delete(in NaclKey key)
    {
        if (!rules.TryGetValue(key.Vni.Value, out SortedDictionary<int, NaclEntry>? of) || !of.Remove(key.Order))
        {
            return;
        }
        if (of.Count > 0)
        {
            Write(key.Vni, of);
            return;
        }
        rules.Remove(key.Vni.Value);
        Span<byte> k = stackalloc byte[sizeof(ulong)];
        Layout.Write(k, 0, key.Vni.Value);
        map.Delete(k);
    }

    public override IReadOnlyList<KeyValuePair<NaclKey, NaclEntry>> Rows()
    {
        List<KeyValuePair<NaclKey, NaclEntry>> rows = [];
        byte[] keys = map.Keys();
        byte[] value = new byte[HeadBytes + (MostRules * RuleBytes)];
        for (int at = 0; at < keys.Length; at += sizeof(ulong))
        {
            ReadOnlySpan<byte> key = keys.AsSpan(at, sizeof(ulong));
            if (!map.TryLookup(key, value))
            {
                continue;
            }
            Vni vni = new(Layout.Read<ulong>(key, 0));
            int i = 0;
            foreach (int order in this.rules[vni.Value].Keys)
            {
                rows.Add(new KeyValuePair<NaclKey, NaclEntry>(new NaclKey(vni, order), Read(value.AsSpan(HeadBytes + (i++ * RuleBytes), RuleBytes))));
            }
        }
        return rows;
    }

    public override void Clear()
    {
        rules.Clear();
        map.Clear();
    }

    private void Write(Vni vni, SortedDictionary<int, NaclEntry> of)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        byte[] value = new byte[HeadBytes + (MostRules * RuleBytes)];
        Layout.Write(key, 0, vni.Value);
        Layout.Write(value.AsSpan(), 0, of.Count);
        int i = 0;
        foreach (NaclEntry rule in of.Values)
        {
            Write(rule, value.AsSpan(HeadBytes + (i++ * RuleBytes), RuleBytes));
        }
        map.Update(key, value);
    }

    private static void Write(in NaclEntry rule, Span<byte> bytes)
    {
        rule.Source.Address.Write(bytes);
        new Ipv4Address(rule.Source.Mask).Write(bytes[4..]);
        rule.Destination.Address.Write(bytes[8..]);
        new Ipv4Address(rule.Destination.Mask).Write(bytes[12..]);
        Layout.Write(bytes, 16, rule.FirstPort);
        Layout.Write(bytes, 18, rule.LastPort);
        bytes[20] = (byte)rule.Protocol;
        bytes[21] = rule.Allows ? (byte)1 : (byte)0;
        bytes[22] = rule is { FirstPort: 0, LastPort: ushort.MaxValue } ? (byte)1 : (byte)0;
    }

    private static NaclEntry Read(ReadOnlySpan<byte> bytes) => new(
        bytes[21] != 0,
        Prefix(bytes),
        Prefix(bytes[8..]),
        (IpProtocol)bytes[20],
        Layout.Read<ushort>(bytes, 16),
        Layout.Read<ushort>(bytes, 18));

    private static Ipv4Prefix Prefix(ReadOnlySpan<byte> bytes) =>
        new(Ipv4Address.Read(bytes), System.Numerics.BitOperations.PopCount(Ipv4Address.Read(bytes[4..]).Value));
}
