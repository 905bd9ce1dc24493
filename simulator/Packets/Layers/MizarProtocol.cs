using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>
/// Mizar's four options in upstream's fixed layout, as one layer of 64 bytes: <c>mizar rts_host=172.17.0.11 rts_mac=…</c> is what an
/// agent writes; <c>mizar rts_type=0 rts_len=0</c> is a reset RTS.
/// </summary>
internal sealed class MizarProtocol : Protocol
{
    public override string Name => "mizar";

    public override int FixedLength => MizarFixedLayout.Length;

    public override bool IsGeneveOption => true;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        .. Head("rts", MizarFixedLayout.RtsOffset, MizarOptions.RtsType, MizarFixedLayout.RtsWords),
        HeaderField.At("rts_flags", MizarFixedLayout.RtsFlagsOffset, 8, FieldForm.Hex),
        HeaderField.At("rts_host", MizarFixedLayout.RtsHostOffset, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("rts_mac", MizarFixedLayout.RtsMacOffset, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("rts_pad", MizarFixedLayout.RtsPaddingOffset, 8, FieldForm.Hex),
        .. Head("scaled", MizarFixedLayout.ScaledOffset, 0, 0),
        HeaderField.At("scaled_msg", MizarFixedLayout.ScaledMessageOffset, 8, FieldForm.Hex),
        HeaderField.At("scaled_src", MizarFixedLayout.ScaledSourceOffset, 32, FieldForm.Address),
        HeaderField.At("scaled_dst", MizarFixedLayout.ScaledDestinationOffset, 32, FieldForm.Address),
        HeaderField.At("scaled_sport", MizarFixedLayout.ScaledSourcePortOffset, 16, FieldForm.Decimal),
        HeaderField.At("scaled_dport", MizarFixedLayout.ScaledDestinationPortOffset, 16, FieldForm.Decimal),
        HeaderField.At("scaled_smac", MizarFixedLayout.ScaledInnerSourceOffset, 48, FieldForm.Mac),
        HeaderField.At("scaled_dmac", MizarFixedLayout.ScaledInnerDestinationOffset, 48, FieldForm.Mac),
        HeaderField.At("scaled_pad", MizarFixedLayout.ScaledPaddingOffset, 24, FieldForm.Hex),
        .. Head("pod", MizarFixedLayout.PodLabelOffset, MizarOptions.PodLabelType, MizarFixedLayout.LabelWords),
        Label("pod_label", MizarFixedLayout.PodLabelOffset),
        .. Head("ns", MizarFixedLayout.NamespaceLabelOffset, MizarOptions.NamespaceLabelType, MizarFixedLayout.LabelWords),
        Label("ns_label", MizarFixedLayout.NamespaceLabelOffset),
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) => GeneveProtocol.NextOption(ref state);

    /// <summary>Class, type, three reserved bits and length of one option.</summary>
    private static ImmutableArray<HeaderField> Head(string name, int offset, byte type, byte words) =>
    [
        HeaderField.At(name + "_class", offset, 16, FieldForm.Hex) with { Constant = MizarFixedLayout.ClassOnWire },
        HeaderField.At(name + "_type", offset + MizarFixedLayout.TypeInOption, 8, FieldForm.Hex) with { Constant = type },
        new(name + "_reserved", (offset + MizarFixedLayout.LengthInOption) * 8, 3, FieldForm.Hex),
        new(name + "_len", ((offset + MizarFixedLayout.LengthInOption) * 8) + 3, 5, FieldForm.Decimal) { Constant = words },
    ];

    private static HeaderField Label(string name, int offset) =>
        HeaderField.At(name, offset + MizarFixedLayout.DataInOption, 32, LittleEndianForm.Instance);

    /// <summary>Labels travel in the sender's byte order; senders are little-endian (spec §2.5).</summary>
    private sealed class LittleEndianForm : FieldForm
    {
        public static readonly FieldForm Instance = new LittleEndianForm();

        public override string Expected => "a number of 32 bits";

        public override string Format(ulong value, int width) =>
            FormatNumber(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((uint)value), width, hexadecimal: false);

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value)
        {
            bool read = TryParseNumber(text, out ulong number) && number <= uint.MaxValue;
            value = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((uint)number);
            return read;
        }
    }
}
