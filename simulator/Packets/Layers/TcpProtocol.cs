using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>TCP. A header whose data offset makes no sense is shown by its twenty fixed bytes; the rest is payload.</summary>
internal sealed class TcpProtocol : Protocol
{
    public override string Name => "tcp";

    public override int FixedLength => TcpView.MinimumLength;

    public override OptionForm Options { get; } = TlvOptionForm.Tcp;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        HeaderField.At("sport", TcpView.SourcePortOffset, 16, FieldForm.Decimal) with { Always = true },
        HeaderField.At("dport", TcpView.DestinationPortOffset, 16, FieldForm.Decimal) with { Always = true },
        HeaderField.At("seq", TcpView.SequenceOffset, 32, FieldForm.Decimal) with { Always = true },
        HeaderField.At("ack", TcpView.AcknowledgementOffset, 32, FieldForm.Decimal) with { Always = true },
        HeaderField.At("doff", TcpView.DataOffset, 4, FieldForm.Decimal) with
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)layer.Layer.Length / 4,
        },
        new("reserved", (TcpView.DataOffset * 8) + 4, 4, FieldForm.Hex),
        HeaderField.At("flags", TcpView.FlagsOffset, 8, FieldForm.Flags(
            ("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32), ("ece", 64), ("cwr", 128))) with { Always = true },
        HeaderField.At("window", TcpView.WindowOffset, 16, FieldForm.Decimal) with { Constant = 65535 },
        HeaderField.At("csum", TcpView.ChecksumOffset, 16, FieldForm.Hex) with
        {
            Phase = FillPhase.Checksum,
            Rule = static (in LayerContext layer) =>
                layer.TryGetIpv4(out Ipv4View ip) ? InternetChecksum.ComputeTcp(ip.Source, ip.Destination, layer.Whole) : (ulong)0,
        },
        HeaderField.At("urgent", TcpView.UrgentOffset, 16, FieldForm.Decimal),
    ];

    public override int Measure(ReadOnlySpan<byte> bytes) =>
        !TcpView.TryRead(bytes, out TcpView view) ? -1 : view.IsWellFormed ? view.HeaderLength : TcpView.MinimumLength;
}
