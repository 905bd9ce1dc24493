using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

internal sealed class ArpProtocol : Protocol
{
    public override string Name => "arp";

    public override int FixedLength => ArpView.Length;

    public override bool IsDatagram => true;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        HeaderField.At("htype", ArpView.HardwareTypeOffset, 16, FieldForm.Decimal) with { Constant = 1 },
        HeaderField.At("ptype", ArpView.ProtocolTypeOffset, 16, EthernetProtocol.TypeForm) with { Constant = (ulong)EtherType.Ipv4 },
        HeaderField.At("hlen", ArpView.HardwareLengthOffset, 8, FieldForm.Decimal) with { Constant = 6 },
        HeaderField.At("plen", ArpView.ProtocolLengthOffset, 8, FieldForm.Decimal) with { Constant = 4 },
        HeaderField.At("op", ArpView.OperationOffset, 16, FieldForm.Names(false, ("request", 1), ("reply", 2))) with { Always = true, Constant = 1 },
        HeaderField.At("sha", ArpView.SenderMacOffset, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("spa", ArpView.SenderAddressOffset, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("tha", ArpView.TargetMacOffset, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("tpa", ArpView.TargetAddressOffset, 32, FieldForm.Address) with { Always = true },
    ];

    public override int Measure(ReadOnlySpan<byte> bytes) => ArpView.TryRead(bytes, out _) ? ArpView.Length : -1;

    public override int DatagramLength(ReadOnlySpan<byte> header, int available) => ArpView.Length;
}
