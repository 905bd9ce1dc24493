using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The label ids a sender's frame carries (§2.5); 0 is none.</summary>
internal readonly record struct SenderLabels(uint Pod, uint Namespace);

/// <summary>
/// The evaluation order of network policy (§3.10). A rule element is a bit; a packet is allowed when one element has both its port and its peer.
/// </summary>
internal static class NetworkPolicy
{
    /// <summary>The other direction.</summary>
    public static PolicyDirection Opposite(PolicyDirection direction) =>
        direction == PolicyDirection.Egress ? PolicyDirection.Ingress : PolicyDirection.Egress;

    /// <summary>Whether the tables say that the endpoint's policy is enforced; the dialect <c>lab</c> has it in the rows every frame reads anyway.</summary>
    public static bool IsEnforced(DropletTables tables, PolicyDirection direction, Vni vni, in FlowKey flow) =>
        tables.PolicyEnforced.TryGet(ScopeOf(direction, vni, flow), out byte enforced) && enforced != 0;

    /// <summary>Whether a rule element of the endpoint's allows the packet; that it is enforced is known.</summary>
    /// <param name="direction">Egress: of the source's policy; ingress: of the destination's.</param>
    /// <param name="flow">The packet as it was sent, or would have been sent, by the opener of its connection.</param>
    /// <param name="showsPorts">False: only elements for any port can speak of it.</param>
    /// <param name="labels">The sender's; egress policy has none.</param>
    public static bool Allows(DropletTables tables, PolicyDirection direction, Vni vni, in FlowKey flow, bool showsPorts, SenderLabels labels)
    {
        PolicyScope scope = ScopeOf(direction, vni, flow);
        tables.PolicyPorts.TryGet(new PolicyPortKey(scope, default, 0), out PolicyBits bits);
        if (showsPorts && tables.PolicyPorts.TryGet(new PolicyPortKey(scope, flow.Protocol, flow.DestinationPort), out PolicyBits exact))
        {
            bits |= exact;
        }
        if (bits.IsEmpty)
        {
            return false;
        }
        Ipv4Address remote = direction == PolicyDirection.Egress ? flow.Destination : flow.Source;
        return (direction == PolicyDirection.Ingress && LabelsAllow(tables, in scope, labels, in bits)) || AddressAllows(tables, in scope, remote, in bits);
    }

    private static bool LabelsAllow(DropletTables tables, in PolicyScope scope, SenderLabels labels, in PolicyBits bits)
    {
        // Upstream's rows are those of all endpoints on the host together (§8.1 P16).
        EndpointKey local = tables.Settings.Has(Switches.LabelsPerEndpoint) ? scope.Local : new EndpointKey(scope.Local.Vni, Ipv4Address.Any);
        return (labels.Pod != 0 && Has(tables, new PolicyLabelKey(LabelKind.Pod, local, labels.Pod, 0), in bits))
            || (labels.Namespace != 0 && Has(tables, new PolicyLabelKey(LabelKind.Namespace, local, 0, labels.Namespace), in bits))
            || (labels.Pod != 0 && labels.Namespace != 0
                && Has(tables, new PolicyLabelKey(LabelKind.Both, local, labels.Pod, labels.Namespace), in bits));

        static bool Has(DropletTables tables, in PolicyLabelKey key, in PolicyBits bits) =>
            tables.PolicyLabels.TryGet(in key, out PolicyBits row) && !(row & bits).IsEmpty;
    }

    private static bool AddressAllows(DropletTables tables, in PolicyScope scope, Ipv4Address remote, in PolicyBits bits)
    {
        tables.PolicyCidrs.TryMatch(in scope, CidrKind.Primary, remote, out PolicyBits primary);
        if (!(primary & bits).IsEmpty)
        {
            return true;
        }
        tables.PolicyCidrs.TryMatch(in scope, CidrKind.Supplementary, remote, out PolicyBits supplementary);
        tables.PolicyCidrs.TryMatch(in scope, CidrKind.Except, remote, out PolicyBits except);
        return !(supplementary & ~except & bits).IsEmpty;
    }

    private static PolicyScope ScopeOf(PolicyDirection direction, Vni vni, in FlowKey flow) =>
        new(direction, new EndpointKey(vni, direction == PolicyDirection.Egress ? flow.Source : flow.Destination));
}
