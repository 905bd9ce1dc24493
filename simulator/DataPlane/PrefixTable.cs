using System.Numerics;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Longest-prefix match over VNI and address (§4.3): one flat table of all prefixes, asked once for each prefix length in use, the longest
/// first. Networks of a droplet have few lengths, so that is one or two lookups.
/// </summary>
public sealed class PrefixTable<TValue> : IRows<NetworkKey, TValue>
    where TValue : struct
{
    private const int WholeAddress = 32;

    private readonly FlatTable<NetworkKey, TValue> rows;
    private int[] rowsOfLength = [];

    /// <summary>Bit n: some row has prefix length n.</summary>
    private ulong lengths;

    /// <param name="limit">Rows it holds at most.</param>
    public PrefixTable(int limit = int.MaxValue) => rows = new FlatTable<NetworkKey, TValue>(limit);

    public int Count => rows.Count;

    /// <summary>The row of the longest prefix of this VNI that holds the address.</summary>
    public bool TryMatch(Vni vni, Ipv4Address address, out TValue value)
    {
        for (ulong left = lengths; left != 0;)
        {
            int length = BitOperations.Log2(left);
            left &= ~(1ul << length);
            if (rows.TryGet(new NetworkKey(vni, new Ipv4Prefix(address, length)), out value))
            {
                return true;
            }
        }
        value = default;
        return false;
    }

    public void Put(in NetworkKey key, in TValue value)
    {
        int before = rows.Count;
        rows.Put(in key, in value);
        if (rows.Count > before)
        {
            if (rowsOfLength.Length == 0)
            {
                rowsOfLength = new int[WholeAddress + 1];
            }
            rowsOfLength[key.Prefix.Length]++;
            lengths |= 1ul << key.Prefix.Length;
        }
    }

    public bool Remove(in NetworkKey key)
    {
        if (!rows.Remove(in key))
        {
            return false;
        }
        if (--rowsOfLength[key.Prefix.Length] == 0)
        {
            lengths &= ~(1ul << key.Prefix.Length);
        }
        return true;
    }

    public void CopyTo(ICollection<KeyValuePair<NetworkKey, TValue>> rows) => this.rows.CopyTo(rows);
}
