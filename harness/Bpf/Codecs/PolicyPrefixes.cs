using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>The prefixes one endpoint's policy speaks of in one direction, of all three kinds, in an order in which those within a prefix follow it.</summary>
internal sealed class PolicyPrefixes
{
    private const int LengthBits = 6;

    private readonly SortedSet<ulong> order = [];
    private readonly Dictionary<ulong, PolicyBits>[] rows = [[], [], []];

    public bool IsEmpty => order.Count == 0;

    public void Set(CidrKind kind, Ipv4Prefix prefix, in PolicyBits bits)
    {
        rows[(int)kind][Place(prefix)] = bits;
        order.Add(Place(prefix));
    }

    /// <returns>Whether there was such a row.</returns>
    public bool Remove(CidrKind kind, Ipv4Prefix prefix)
    {
        if (!rows[(int)kind].Remove(Place(prefix)))
        {
            return false;
        }
        if (KindsOf(prefix) == 0)
        {
            order.Remove(Place(prefix));
        }
        return true;
    }

    public bool Has(Ipv4Prefix prefix) => order.Contains(Place(prefix));

    /// <summary>The kinds this prefix has a row of, a bit each.</summary>
    public byte KindsOf(Ipv4Prefix prefix)
    {
        byte kinds = 0;
        for (int kind = 0; kind < rows.Length; kind++)
        {
            kinds |= (byte)(rows[kind].ContainsKey(Place(prefix)) ? 1 << kind : 0);
        }
        return kinds;
    }

    /// <summary>The row of the longest prefix of a kind that holds all of this prefix; empty when there is none.</summary>
    public PolicyBits Longest(CidrKind kind, Ipv4Prefix prefix)
    {
        for (int length = prefix.Length; length >= 0; length--)
        {
            if (rows[(int)kind].TryGetValue(Place(new Ipv4Prefix(prefix.Address, length)), out PolicyBits bits))
            {
                return bits;
            }
        }
        return default;
    }

    /// <summary>The prefixes within a prefix, it itself among them if it is there.</summary>
    public IEnumerable<Ipv4Prefix> Within(Ipv4Prefix prefix)
    {
        ulong last = ((ulong)prefix.Broadcast.Value << LengthBits) | ((1ul << LengthBits) - 1);
        foreach (ulong place in order.GetViewBetween(Place(prefix), last))
        {
            yield return new Ipv4Prefix(new Ipv4Address((uint)(place >> LengthBits)), (int)(place & ((1ul << LengthBits) - 1)));
        }
    }

    private static ulong Place(Ipv4Prefix prefix) => ((ulong)prefix.Address.Value << LengthBits) | (uint)prefix.Length;
}
