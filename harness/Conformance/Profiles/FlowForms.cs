using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>Forms of services, NAT, connections and statistics.</summary>
internal static class FlowForms
{
    public static readonly RowForm[] All =
    [
        new RowForm<ServicePortKey, ushort>(
            Tables.ServicePorts,
            (row, key) => row.Set(key.Service).Set("port", (ulong)key.Port).Set("protocol", (ulong)key.Protocol),
            (row, port) => row.Set("target_port", (ulong)port),
            row => new ServicePortKey(row.Endpoint, (ushort)row.Number("port"), (IpProtocol)row.Number("protocol")),
            row => (ushort)row.Number("target_port"))
        {
            Fields = ["vni", "address", "port", "protocol", "target_port"],
        },
        Nat(Tables.ForwardNat),
        Nat(Tables.ReverseNat),
        new RowForm<ConnectionKey, ConnectionState>(
            Tables.Connections,
            (row, key) => row.Set("vni", key.Vni.Value).Set(key.Flow),
            (row, v) => row.Set("flags", (ulong)v.Flags).Set("phase", (ulong)v.Phase).Set("seen", (ulong)v.Seen),
            row => new ConnectionKey(row.Vni, row.Flow),
            row => new ConnectionState((ConnectionFlags)row.Number("flags")) { Phase = (TcpPhase)row.Number("phase"), Seen = (uint)row.Number("seen") })
        {
            Fields = ["vni", "source", "destination", "source_port", "destination_port", "protocol", "flags"],
            LabFields = ["phase", "seen"],
        },
        new RowForm<int, TransmitStatistics>(
            Tables.Statistics,
            (row, key) => row.Set("index", (long)key),
            (row, v) => row.Set("redirect_bytes", v.RedirectBytes).Set("expedited_bytes", v.ExpeditedBytes).Set("pass_bytes", v.PassBytes).Set("drop_bytes", v.DropBytes)
                .Set("redirect_packets", (ulong)v.RedirectPackets).Set("expedited_packets", (ulong)v.ExpeditedPackets)
                .Set("pass_packets", (ulong)v.PassPackets).Set("drop_packets", (ulong)v.DropPackets),
            row => row.Integer("index"),
            row => new TransmitStatistics(
                row.Number("redirect_bytes"), row.Number("expedited_bytes"), row.Number("pass_bytes"), row.Number("drop_bytes"),
                (uint)row.Number("redirect_packets"), (uint)row.Number("expedited_packets"), (uint)row.Number("pass_packets"), (uint)row.Number("drop_packets")))
        {
            Fields =
            [
                "index", "redirect_bytes", "expedited_bytes", "pass_bytes", "drop_bytes", "redirect_packets", "expedited_packets", "pass_packets", "drop_packets",
            ],
        },
    ];

    private static RowForm<NatKey, NatValue> Nat(Table<NatKey, NatValue> table) => new(
        table,
        (row, key) => row.Set("vni", key.Vni.Value).Set(key.Flow),
        (row, v) => row.Set("new_source", v.Source).Set("new_destination", v.Destination).Set("new_source_port", (ulong)v.SourcePort)
            .Set("new_destination_port", (ulong)v.DestinationPort).Set("source_mac", v.SourceMac).Set("destination_mac", v.DestinationMac).Set("seen", (ulong)v.Seen),
        row => new NatKey(row.Vni, row.Flow),
        row => new NatValue(
            row.Address("new_source"), row.Address("new_destination"), (ushort)row.Number("new_source_port"), (ushort)row.Number("new_destination_port"),
            row.Mac("source_mac"), row.Mac("destination_mac")) { Seen = (uint)row.Number("seen") })
    {
        Fields =
        [
            "vni", "source", "destination", "source_port", "destination_port", "protocol",
            "new_source", "new_destination", "new_source_port", "new_destination_port", "source_mac", "destination_mac",
        ],
        LabFields = ["seen"],
    };
}
