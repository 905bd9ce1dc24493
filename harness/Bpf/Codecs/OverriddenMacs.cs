using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct overridden_key → struct overridden of bpf/override.h: substrate rows of agents that a program wrote a MAC override into, as upstream's does. An agent's codec
/// takes them over into its rows before it reads or writes any.
/// </summary>
internal sealed class OverriddenMacs(BpfMap map) : ILearnedTableCodec
{
    private const int KeyBytes = 8, ValueBytes = 8;

    /// <summary>All of them, which are forgotten in the kernel.</summary>
    public IReadOnlyList<KeyValuePair<AgentSubstrateKey, MacAddress>> Take()
    {
        byte[] keys = map.Keys();
        if (keys.Length == 0)
        {
            return [];
        }
        List<KeyValuePair<AgentSubstrateKey, MacAddress>> taken = [];
        Span<byte> value = stackalloc byte[ValueBytes];
        for (int at = 0; at < keys.Length; at += KeyBytes)
        {
            ReadOnlySpan<byte> key = keys.AsSpan(at, KeyBytes);
            if (map.TryLookup(key, value))
            {
                taken.Add(new(ReadKey(key), MacAddress.Read(value)));
                map.Delete(key);
            }
        }
        return taken;
    }

    public void Clear() => map.Clear();

    public TableChange Describe(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        new(Tables.AgentSubstrate.Name, TableText.Key(ReadKey(key)), TableText.Value(MacAddress.Read(value)));

    public void Visit(IRowVisitor visitor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        visitor.Row<AgentSubstrateKey, MacAddress>(Tables.AgentSubstrate, ReadKey(key), removed ? null : MacAddress.Read(value));

    private static AgentSubstrateKey ReadKey(ReadOnlySpan<byte> key) =>
        new(new AgentId(Layout.Read<int>(key, 0)), new EndpointKey(Vni.Substrate, Ipv4Address.Read(key[4..])));
}
