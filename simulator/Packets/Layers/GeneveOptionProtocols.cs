using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>A Geneve option of RFC 8926: class, type, reserved bits, length; what follows is the subclass's.</summary>
internal abstract class RfcOptionProtocol : Protocol
{
    public override bool IsGeneveOption => true;

    public override int FixedLength => GeneveOptionView.HeaderLength;

    public override int Measure(ReadOnlySpan<byte> bytes) => GeneveOptionView.TryRead(bytes, out GeneveOptionView option) ? option.Length : -1;

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) => GeneveProtocol.NextOption(ref state);

    /// <summary>The four fields every option begins with.</summary>
    protected static ImmutableArray<HeaderField> Head(ushort optionClass, byte type, bool always) =>
    [
        HeaderField.At("class", GeneveOptionView.ClassOffset, 16, FieldForm.Hex) with { Constant = optionClass, Always = always },
        HeaderField.At("type", GeneveOptionView.TypeOffset, 8, FieldForm.Hex) with { Constant = type, Always = always },
        HeaderField.At("reserved", GeneveOptionView.LengthOffset, 3, FieldForm.Hex),
        new("len", (GeneveOptionView.LengthOffset * 8) + 3, 5, FieldForm.Decimal)
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)(layer.Layer.Length - GeneveOptionView.HeaderLength) / 4,
        },
    ];
}

/// <summary>Any option: its data in hex.</summary>
internal sealed class GeneveOptionProtocol : RfcOptionProtocol
{
    public override string Name => "option";

    public override OptionForm Options { get; } = HexOptionForm.GeneveData;

    public override ImmutableArray<HeaderField> Fields { get; } = Head(0, 0, always: true);
}

/// <summary>Mizar's "return to sender" in RFC 8926's layout.</summary>
internal sealed class RtsProtocol : RfcOptionProtocol
{
    public override string Name => "rts";

    public override int FixedLength => 16;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        .. Head(MizarRfcLayout.Class, MizarOptions.RtsType, always: false),
        HeaderField.At("flags", 4, 8, FieldForm.Hex),
        HeaderField.At("host", 5, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("mac", 9, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("pad", 15, 8, FieldForm.Hex),
    ];
}

/// <summary>Mizar's scaled endpoint option in RFC 8926's layout.</summary>
internal sealed class ScaledProtocol : RfcOptionProtocol
{
    public override string Name => "scaled";

    public override int FixedLength => 32;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        .. Head(MizarRfcLayout.Class, MizarOptions.ScaledType, always: false),
        HeaderField.At("msg", 4, 8, FieldForm.Hex) with { Constant = ScaledOption.Modify },
        HeaderField.At("src", 5, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("dst", 9, 32, FieldForm.Address) with { Always = true },
        HeaderField.At("sport", 13, 16, FieldForm.Decimal) with { Always = true },
        HeaderField.At("dport", 15, 16, FieldForm.Decimal) with { Always = true },
        HeaderField.At("smac", 17, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("dmac", 23, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("pad", 29, 24, FieldForm.Hex),
    ];
}

/// <summary>Mizar's pod and namespace labels in RFC 8926's layout, network order.</summary>
internal sealed class LabelProtocol(string name, byte type) : RfcOptionProtocol
{
    public override string Name => name;

    public override int FixedLength => 8;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        .. Head(MizarRfcLayout.Class, type, always: false),
        HeaderField.At("id", 4, 32, FieldForm.Decimal) with { Always = true },
    ];
}
