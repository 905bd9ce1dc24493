using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// Gathers the rows of one endpoint and direction, a set of elements a key. The data plane takes the longest prefix alone, so that each prefix gets the
/// elements of all shorter ones that cover it too (spec §5.7).
/// </summary>
internal sealed class PolicyRowBuilder(PolicyScope scope)
{
    private readonly List<(PolicyPortKey Key, PolicyBits Bits)> ports = [];
    private readonly List<(CidrKind Kind, Ipv4Prefix Remote, PolicyBits Bits)> cidrs = [];
    private readonly List<(PolicyLabelKey Key, PolicyBits Bits)> labels = [];

    public PolicyScope Scope => scope;

    /// <summary>No ports at all is any: protocol 0, port 0 (spec §3.10).</summary>
    public void AddPorts(ImmutableArray<PolicyPort> allowed, in PolicyBits bit)
    {
        if (allowed.IsEmpty)
        {
            Add(ports, new PolicyPortKey(scope, default, 0), bit);
        }
        foreach (PolicyPort port in allowed)
        {
            Add(ports, new PolicyPortKey(scope, port.Protocol, port.Port), bit);
        }
    }

    public void AddCidr(CidrKind kind, Ipv4Prefix remote, in PolicyBits bit)
    {
        for (int i = 0; i < cidrs.Count; i++)
        {
            if (cidrs[i].Kind == kind && cidrs[i].Remote == remote)
            {
                cidrs[i] = (kind, remote, cidrs[i].Bits | bit);
                return;
            }
        }
        cidrs.Add((kind, remote, bit));
    }

    public void AddLabels(PolicyLabelKey key, in PolicyBits bit) => Add(labels, key, bit);

    public void Put(in RowContext row)
    {
        foreach ((PolicyPortKey key, PolicyBits bits) in ports)
        {
            row.Put(Tables.PolicyPorts, key, bits);
        }
        foreach ((CidrKind kind, Ipv4Prefix remote, PolicyBits bits) in cidrs)
        {
            row.Put(Tables.PolicyCidrs, new PolicyCidrKey(scope, kind, remote), bits | Covering(kind, remote));
        }
        foreach ((PolicyLabelKey key, PolicyBits bits) in labels)
        {
            row.Put(Tables.PolicyLabels, key, bits);
        }
    }

    private PolicyBits Covering(CidrKind kind, Ipv4Prefix remote)
    {
        PolicyBits all = default;
        foreach ((CidrKind other, Ipv4Prefix wider, PolicyBits bits) in cidrs)
        {
            if (other == kind && wider.Length < remote.Length && wider.Contains(remote.Address))
            {
                all |= bits;
            }
        }
        return all;
    }

    private static void Add<TKey>(List<(TKey Key, PolicyBits Bits)> rows, TKey key, in PolicyBits bit)
        where TKey : struct, IEquatable<TKey>
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Key.Equals(key))
            {
                rows[i] = (key, rows[i].Bits | bit);
                return;
            }
        }
        rows.Add((key, bit));
    }
}
