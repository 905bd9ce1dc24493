using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>
/// IPv4. A header that is not well formed (version, header length) is still shown by its twenty fixed bytes; what follows is
/// then payload. So is what follows in every fragment but the first.
/// </summary>
internal sealed class Ipv4Protocol : Protocol
{
    /// <summary>The protocol a datagram gets whose payload has none: RFC 3692's first number for experiments.</summary>
    private const ulong Experimental = 253;

    public override string Name => "ipv4";

    public override int FixedLength => Ipv4View.MinimumLength;

    public override bool IsDatagram => true;

    public override OptionForm Options { get; } = TlvOptionForm.Ipv4;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        new("version", 0, 4, FieldForm.Decimal) { Constant = 4 },
        new("ihl", 4, 4, FieldForm.Decimal)
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)layer.Layer.Length / 4,
        },
        HeaderField.At("tos", Ipv4View.TosOffset, 8, FieldForm.Hex),
        HeaderField.At("len", Ipv4View.TotalLengthOffset, 16, FieldForm.Decimal) with
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)layer.Whole.Length,
        },
        HeaderField.At("id", Ipv4View.IdOffset, 16, FieldForm.Hex),
        HeaderField.At("flags", Ipv4View.FragmentOffset, 3, FieldForm.Flags(("reserved", 4), ("df", 2), ("mf", 1))),
        new("frag", (Ipv4View.FragmentOffset * 8) + 3, 13, FieldForm.Decimal),
        HeaderField.At("ttl", Ipv4View.TtlOffset, 8, FieldForm.Decimal) with { Always = true, Constant = 64 },
        HeaderField.At("proto", Ipv4View.ProtocolOffset, 8, FieldForm.Names(false, ("icmp", 1), ("tcp", 6), ("udp", 17), ("sctp", 132))) with
        {
            Phase = FillPhase.Next,
            Rule = static (in LayerContext layer) => (ulong?)Protocols.IpProtocolOf(layer.Next) ?? Experimental,
        },
        HeaderField.At("csum", Ipv4View.ChecksumOffset, 16, FieldForm.Hex) with
        {
            Phase = FillPhase.Checksum,
            Rule = static (in LayerContext layer) => InternetChecksum.ComputeWithout(layer.Header, Ipv4View.ChecksumOffset),
        },
        HeaderField.At("src", Ipv4View.SourceOffset, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("dst", Ipv4View.DestinationOffset, 32, FieldForm.Address) with { Always = true },
    ];

    public override int Measure(ReadOnlySpan<byte> bytes) =>
        !Ipv4View.TryRead(bytes, out Ipv4View view) ? -1
        : view.HeaderLength >= Ipv4View.MinimumLength && view.HeaderLength <= bytes.Length ? view.HeaderLength
        : Ipv4View.MinimumLength;

    public override int DatagramLength(ReadOnlySpan<byte> header, int available) =>
        Ipv4View.TryRead(header, out Ipv4View view) && view.TotalLength >= header.Length && view.TotalLength <= available
            ? view.TotalLength
            : available;

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) =>
        Ipv4View.TryRead(header, out Ipv4View view) && view.Version == 4 && view.HeaderLength == header.Length && view.FragmentUnits == 0
            ? Protocols.ByIpProtocol(view.Protocol)
            : null;
}
