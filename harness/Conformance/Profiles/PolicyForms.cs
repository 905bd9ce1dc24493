using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>Forms of network policy. A data plane may keep a table in several maps; <c>direction</c> and <c>kind</c> tell which.</summary>
internal static class PolicyForms
{
    private static readonly string[] Directions = ["egress", "ingress"];

    public static readonly RowForm[] All =
    [
        new RowForm<PolicyScope, byte>(
            Tables.PolicyEnforced, (row, key) => SetScope(row, key), (row, v) => row.Set("enforced", (ulong)v), Scope, row => (byte)row.Number("enforced"))
        {
            Fields = ["direction", "vni", "address", "enforced"],
            WordsFor = "direction",
            Words = Directions,
        },
        new RowForm<PolicyPortKey, PolicyBits>(
            Tables.PolicyPorts,
            (row, key) => SetScope(row, key.Scope).Set("protocol", (ulong)key.Protocol).Set("port", (ulong)key.Port),
            SetBits,
            row => new PolicyPortKey(Scope(row), (IpProtocol)row.Number("protocol"), (ushort)row.Number("port")),
            Bits)
        {
            Fields = ["direction", "vni", "address", "protocol", "port", "bits", "bits_64", "bits_128", "bits_192"],
            WordsFor = "direction",
            Words = Directions,
        },
        new RowForm<PolicyCidrKey, PolicyBits>(
            Tables.PolicyCidrs,
            (row, key) => row.Set(key.Scope.Local).Set("table", ((ulong)key.Scope.Direction * 3) + (ulong)key.Kind)
                .Set("remote", key.Remote.Address).Set("prefix_length", (long)key.Remote.Length),
            SetBits,
            row => new PolicyCidrKey(
                new PolicyScope((PolicyDirection)(row.Number("table") / 3), row.Endpoint), (CidrKind)(row.Number("table") % 3),
                new Ipv4Prefix(row.Address("remote"), row.Integer("prefix_length"))),
            Bits)
        {
            Fields = ["table", "vni", "address", "remote", "prefix_length", "bits", "bits_64", "bits_128", "bits_192"],
            WordsFor = "table",
            Words = ["egress_primary", "egress_supplementary", "egress_except", "ingress_primary", "ingress_supplementary", "ingress_except"],
        },
        new RowForm<PolicyLabelKey, PolicyBits>(
            Tables.PolicyLabels,
            (row, key) => row.Set("kind", (ulong)key.Kind).Set(key.Local).Set("pod", (ulong)key.Pod).Set("namespace", (ulong)key.Namespace),
            SetBits,
            row => new PolicyLabelKey((LabelKind)row.Number("kind"), row.Endpoint, (uint)row.Number("pod"), (uint)row.Number("namespace")),
            Bits)
        {
            Fields = ["kind", "vni", "address", "pod", "namespace", "bits", "bits_64", "bits_128", "bits_192"],
            WordsFor = "kind",
            Words = ["pod", "namespace", "both"],
        },
    ];

    private static Row SetScope(Row row, in PolicyScope scope) => row.Set("direction", (ulong)scope.Direction).Set(scope.Local);

    private static PolicyScope Scope(Row row) => new((PolicyDirection)row.Number("direction"), row.Endpoint);

    private static void SetBits(Row row, PolicyBits bits) =>
        row.Set("bits", bits.Word0).Set("bits_64", bits.Word1).Set("bits_128", bits.Word2).Set("bits_192", bits.Word3);

    private static PolicyBits Bits(Row row) => new(row.Number("bits"), row.Number("bits_64"), row.Number("bits_128"), row.Number("bits_192"));
}
