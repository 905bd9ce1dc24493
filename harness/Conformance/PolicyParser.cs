using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Reads the network policy of a droplet: <c>eg_*</c> and <c>ing_*</c> (spec §3.1).</summary>
internal static class PolicyParser
{
    /// <returns>Null when it is no policy table's name.</returns>
    public static IEnumerable<StateRow>? Rows(string name, Element table)
    {
        switch (name)
        {
            case "ing_pod_label":
                return table.Items().Select(row => Label(row, LabelKind.Pod, Word(row, "label"), 0));
            case "ing_ns_label":
                return table.Items().Select(row => Label(row, LabelKind.Namespace, 0, Word(row, "label")));
            case "ing_pod_ns_label":
                return table.Items().Select(row => Label(row, LabelKind.Both, Word(row, "pod_label"), Word(row, "ns_label")));
        }
        int end = name.IndexOf('_', StringComparison.Ordinal) + 1;
        PolicyDirection? direction = name[..end] switch { "eg_" => PolicyDirection.Egress, "ing_" => PolicyDirection.Ingress, _ => null };
        return direction is not { } way
            ? null
            : name[end..] switch
            {
                "enforce" => table.Items().Select(row => StateRow.New(Tables.PolicyEnforced, Scope(way, row, "ip"), (byte)1)),
                "ppo" => table.Items().Select(row => StateRow.New(
                    Tables.PolicyPorts, new PolicyPortKey(Scope(way, row, "ip"), StateParser.Protocol(row), StateParser.Port(row, "port")), Bits(row))),
                "prim" => Cidrs(way, table, CidrKind.Primary),
                "supp" => Cidrs(way, table, CidrKind.Supplementary),
                "except" => Cidrs(way, table, CidrKind.Except),
                _ => null,
            };
    }

    private static IEnumerable<StateRow> Cidrs(PolicyDirection direction, Element table, CidrKind kind) => table.Items().Select(row => StateRow.New(
        Tables.PolicyCidrs, new PolicyCidrKey(Scope(direction, row, "local_ip"), kind, StateParser.Prefix(row, "remote_ip")), Bits(row)));

    /// <summary>Upstream's label rows know no endpoint.</summary>
    private static StateRow Label(Element row, LabelKind kind, uint pod, uint space) =>
        StateRow.New(Tables.PolicyLabels, new PolicyLabelKey(kind, new EndpointKey(StateParser.VniOf(row), Ipv4Address.Any), pod, space), Bits(row));

    private static PolicyScope Scope(PolicyDirection direction, Element row, string address) =>
        new(direction, new EndpointKey(StateParser.VniOf(row), row.Required(address).Address()));

    private static PolicyBits Bits(Element row) => new(row.Required("bitmap").Unsigned());

    private static uint Word(Element row, string name) => (uint)row.Required(name).Unsigned(uint.MaxValue);
}
