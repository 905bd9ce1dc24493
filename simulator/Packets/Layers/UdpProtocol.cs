using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>UDP. Over Geneve the checksum is 0 unless given, as upstream sends it (spec §2.3).</summary>
internal sealed class UdpProtocol : Protocol
{
    public override string Name => "udp";

    public override int FixedLength => UdpView.HeaderLength;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        HeaderField.At("sport", UdpView.SourcePortOffset, 16, FieldForm.Decimal) with { Always = true },
        HeaderField.At("dport", UdpView.DestinationPortOffset, 16, FieldForm.Decimal) with
        {
            Always = true,
            Phase = FillPhase.Next,
            Rule = static (in LayerContext layer) => Protocols.UdpPortOf(layer.Next) ?? (ulong)0,
        },
        HeaderField.At("len", UdpView.LengthOffset, 16, FieldForm.Decimal) with
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)layer.Whole.Length,
        },
        HeaderField.At("csum", UdpView.ChecksumOffset, 16, FieldForm.Hex) with
        {
            Phase = FillPhase.Checksum,
            Rule = static (in LayerContext layer) => layer.Next == Protocols.Geneve ? (ulong)0 : Checksum(layer),
            Remark = static (in LayerContext layer, ulong value) =>
                value == 0 ? "none"
                : layer.IsPartial || value == Checksum(layer) ? null
                : $"should be {FieldForm.Hex.Format(Checksum(layer), 16)}",
        },
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) =>
        UdpView.TryRead(header, out UdpView view) ? Protocols.ByUdpPort(view.DestinationPort) : null;

    /// <summary>Over as many bytes as the length field says, when they are there; 0 outside an IPv4 datagram.</summary>
    private static ushort Checksum(in LayerContext layer)
    {
        if (!layer.TryGetIpv4(out Ipv4View ip) || !UdpView.TryRead(layer.Whole, out UdpView udp))
        {
            return 0;
        }
        return InternetChecksum.ComputeUdp(ip.Source, ip.Destination, udp.IsWellFormed ? layer.Whole[..udp.Length] : layer.Whole);
    }
}
