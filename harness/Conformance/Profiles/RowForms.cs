using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>The registry: every table that a profile can describe, with the names of its fields. These names are what profile files speak.</summary>
internal static class RowForms
{
    public static readonly RowForm[] All =
    [
        new RowForm<int, InterfaceConfig>(
            Tables.Interface,
            (row, key) => row.Set("index", (long)key),
            (row, v) => row.Set("slot", (long)v.Slot).Set("address", v.Address).Set("mac", v.Mac).Set("mtu", (long)v.MtuBytes).Set("unhealthy_peers", v.HasUnhealthyPeers),
            row => row.Integer("index"),
            row => new InterfaceConfig(row.Integer("slot"), row.Address("address"), row.Mac("mac")) { MtuBytes = row.Integer("mtu"), HasUnhealthyPeers = row.Flag("unhealthy_peers") })
        {
            Fields = ["index", "slot", "address", "mac"],
            LabFields = ["mtu", "unhealthy_peers"],
        },
        Devmap(Tables.Slots),
        Devmap(Tables.AgentSlots),
        new RowForm<EndpointKey, EndpointValue>(
            Tables.Endpoints,
            (row, key) => row.Set(key),
            (row, v) => row.Set("type", (ulong)v.Type).Set("remotes", v.Remotes).Set("slot", (long)v.Slot).Set("mac", v.Mac)
                .Set("ingress_policy", v.HasIngressPolicy).Set("proxied", v.IsProxied),
            row => row.Endpoint,
            row => new EndpointValue((EndpointType)row.Number("type"), row.List("remotes"), row.Integer("slot"), row.Mac("mac"))
            {
                HasIngressPolicy = row.Flag("ingress_policy"),
                IsProxied = row.Flag("proxied"),
            })
        {
            Fields = ["vni", "address", "type", "remotes", "slot", "mac"],
            LabFields = ["ingress_policy", "proxied"],
        },
        new RowForm<NetworkKey, NetworkValue>(
            Tables.Networks,
            (row, key) => row.Set("vni", key.Vni.Value).Set("address", key.Prefix.Address).Set("prefix_length", (long)key.Prefix.Length),
            (row, v) => row.Set("bouncers", v.Bouncers).Set("gateway", v.Gateway).Set("gateway_mac", v.GatewayMac).Set("peer_vni", v.PeerVni.Value).Set("guarded", v.IsGuarded),
            row => new NetworkKey(row.Vni, new Ipv4Prefix(row.Address("address"), row.Integer("prefix_length"))),
            row => new NetworkValue(row.List("bouncers"))
            {
                Gateway = row.Address("gateway"),
                GatewayMac = row.Mac("gateway_mac"),
                PeerVni = new Vni(row.Number("peer_vni")),
                IsGuarded = row.Flag("guarded"),
            })
        {
            Fields = ["vni", "address", "prefix_length", "bouncers"],
            LabFields = ["gateway", "gateway_mac", "peer_vni", "guarded"],
        },
        new RowForm<Vni, AddressList>(
            Tables.Vpcs, (row, vni) => row.Set("vni", vni.Value), (row, list) => row.Set("dividers", list), row => row.Vni, row => row.List("dividers"))
        {
            Fields = ["vni", "dividers"],
        },
        new RowForm<EndpointKey, CachedHost>(
            Tables.DirectPath,
            (row, key) => row.Set(key),
            (row, v) => row.Set("host", v.Host.Address).Set("host_mac", v.Host.Mac).Set("crosses", v.Crosses).Set("seen", (ulong)v.Seen),
            row => row.Endpoint,
            row => new CachedHost(new HostAddress(row.Address("host"), row.Mac("host_mac"))) { Crosses = row.Flag("crosses"), Seen = (uint)row.Number("seen") })
        {
            Fields = ["vni", "address", "host", "host_mac"],
            LabFields = ["crosses", "seen"],
        },
        AgentForm.Config,
        AgentForm.Substrate,
        .. FlowForms.All,
        .. PolicyForms.All,
    ];

    /// <summary>The form of a table; null when profiles do not describe it.</summary>
    public static RowForm<TKey, TValue>? Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => (RowForm<TKey, TValue>?)Array.Find(All, form => form.Name == table.Name);

    private static RowForm<int, PortId> Devmap(Table<int, PortId> table) => new(
        table, (row, slot) => row.Set("slot", (long)slot), (row, port) => row.Set("port", (long)port.Value), row => row.Integer("slot"), row => new PortId(row.Integer("port")))
    {
        Fields = ["slot", "port"],
    };
}
