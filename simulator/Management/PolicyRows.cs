using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// The policy rows of the endpoints a droplet hosts (spec §3.10, §5.7): who is under policy, and a bit a rule element by port, by remote prefix and by the
/// sender's labels. Selectors of egress rules are the addresses of those they select, for a sender knows no receiver's labels.
/// </summary>
internal static class PolicyRows
{
    private const int WholeAddress = 32;

    public static void Write(in RowContext row)
    {
        if (row.Topology.Policies.IsEmpty)
        {
            return;
        }
        for (int i = 0; i < row.Endpoints.HostedOn(row.Droplet); i++)
        {
            EndpointId hosted = row.Endpoints.HostedAt(row.Droplet, i);
            Write(row, hosted, PolicyDirection.Ingress);
            Write(row, hosted, PolicyDirection.Egress);
        }
    }

    /// <summary>Whether some policy in force speaks of the endpoint in this direction.</summary>
    public static bool IsEnforced(in RowContext row, EndpointId endpoint, PolicyDirection direction)
    {
        for (int p = 0; p < row.Topology.Policies.Length; p++)
        {
            PolicyId policy = new(p);
            if (IsInForce(row, policy, endpoint) && !row.Topology[policy].Rules(direction).IsDefault)
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsInForce(in RowContext row, PolicyId policy, EndpointId endpoint) =>
        row.State.Policies[policy.Index] && PolicyElements.Applies(row.Topology, policy, endpoint, row.Endpoints.LabelsOf(endpoint));

    private static void Write(in RowContext row, EndpointId endpoint, PolicyDirection direction)
    {
        if (!IsEnforced(row, endpoint, direction))
        {
            return;
        }
        PolicyScope scope = new(direction, row.KeyOf(endpoint));
        row.Put(Tables.PolicyEnforced, scope, (byte)1);
        PolicyRowBuilder rows = new(scope);
        ImmutableArray<PolicyElement> elements = row.Facts.Elements.Of(endpoint, direction);
        for (int i = 0; i < elements.Length; i++)
        {
            if (IsInForce(row, elements[i].Policy, endpoint))
            {
                PolicyBits bit = PolicyBits.Of(i);
                rows.AddPorts(elements[i].Rule.Ports, bit);
                AddPeers(row, rows, elements[i].Peers, bit);
            }
        }
        rows.Put(row);
    }

    private static void AddPeers(in RowContext row, PolicyRowBuilder rows, ImmutableArray<PolicyPeer> peers, in PolicyBits bit)
    {
        if (peers.IsEmpty)
        {
            rows.AddCidr(CidrKind.Primary, new Ipv4Prefix(Ipv4Address.Any, 0), bit);
        }
        foreach (PolicyPeer peer in peers)
        {
            switch (peer)
            {
                case CidrPeer { Except.IsEmpty: true } block:
                    rows.AddCidr(CidrKind.Primary, block.Cidr, bit);
                    break;
                case CidrPeer block:
                    rows.AddCidr(CidrKind.Supplementary, block.Cidr, bit);
                    foreach (Ipv4Prefix hole in block.Except)
                    {
                        rows.AddCidr(CidrKind.Except, hole, bit);
                    }
                    break;
                case LabelPeer selector when rows.Scope.Direction == PolicyDirection.Ingress:
                    AddSenders(row, rows, selector, bit);
                    break;
                case LabelPeer selector:
                    AddReceivers(row, rows, selector, bit);
                    break;
            }
        }
    }

    /// <summary>A row for every combination of labels that the selector picks; the sender's own, its namespace's, or both as the selector asks.</summary>
    private static void AddSenders(in RowContext row, PolicyRowBuilder rows, LabelPeer selector, in PolicyBits bit)
    {
        foreach (EndpointLabels labels in row.Facts.Labels.Combinations)
        {
            if (selector.Matches(labels))
            {
                uint own = selector.Own is null ? 0 : row.Facts.Labels.OwnId(labels);
                uint space = selector.Namespace is null ? 0 : row.Facts.Labels.NamespaceId(labels);
                LabelKind kind = selector.Namespace is null ? LabelKind.Pod : selector.Own is null ? LabelKind.Namespace : LabelKind.Both;
                // Upstream's key has no endpoint (P16): what two protected endpoints of a host write there is one row.
                EndpointKey local = row.Has(Switches.LabelsPerEndpoint) ? rows.Scope.Local : rows.Scope.Local with { Address = Ipv4Address.Any };
                rows.AddLabels(new PolicyLabelKey(kind, local, own, space), bit);
            }
        }
    }

    private static void AddReceivers(in RowContext row, PolicyRowBuilder rows, LabelPeer selector, in PolicyBits bit)
    {
        for (int e = 0; e < row.Endpoints.Count; e++)
        {
            EndpointId other = new(e);
            if (row.Endpoints.HostOf(other) is not null && row.KeyOf(other) is var key && key.Vni == rows.Scope.Local.Vni && selector.Matches(row.Endpoints.LabelsOf(other)))
            {
                rows.AddCidr(CidrKind.Primary, new Ipv4Prefix(key.Address, WholeAddress), bit);
            }
        }
    }
}
