using System.Numerics;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Longest-prefix match over a policy's remote prefixes (§3.1): one flat table of all, asked once for each prefix length in use, the
/// longest first.
/// </summary>
internal sealed class PolicyCidrTable : IRows<PolicyCidrKey, PolicyBits>
{
    private readonly FlatTable<PolicyCidrKey, PolicyBits> rows = new();
    private readonly int[] rowsOfLength = new int[33];

    /// <summary>Bit n: some row has prefix length n.</summary>
    private ulong lengths;

    /// <summary>The row of the longest prefix of this scope and kind that holds the address.</summary>
    public bool TryMatch(in PolicyScope scope, CidrKind kind, Ipv4Address remote, out PolicyBits bits)
    {
        for (ulong left = lengths; left != 0;)
        {
            int length = BitOperations.Log2(left);
            left &= ~(1ul << length);
            if (rows.TryGet(new PolicyCidrKey(scope, kind, new Ipv4Prefix(remote, length)), out bits))
            {
                return true;
            }
        }
        bits = default;
        return false;
    }

    public void Put(in PolicyCidrKey key, in PolicyBits value)
    {
        int before = rows.Count;
        rows.Put(in key, in value);
        if (rows.Count > before)
        {
            rowsOfLength[key.Remote.Length]++;
            lengths |= 1ul << key.Remote.Length;
        }
    }

    public bool Remove(in PolicyCidrKey key)
    {
        if (!rows.Remove(in key))
        {
            return false;
        }
        if (--rowsOfLength[key.Remote.Length] == 0)
        {
            lengths &= ~(1ul << key.Remote.Length);
        }
        return true;
    }

    public void CopyTo(ICollection<KeyValuePair<PolicyCidrKey, PolicyBits>> rows) => this.rows.CopyTo(rows);
}
