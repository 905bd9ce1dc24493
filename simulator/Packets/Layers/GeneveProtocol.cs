using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>
/// The Geneve base header. Behind it come Mizar's 64 fixed bytes when its receivers would read them so
/// (<see cref="GeneveView.HasMizarLayout"/>), else RFC 8926's options one by one.
/// </summary>
internal sealed class GeneveProtocol : Protocol
{
    public override string Name => "geneve";

    public override int FixedLength => GeneveView.HeaderLength;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        new("version", 0, 2, FieldForm.Decimal),
        new("optlen", 2, 6, FieldForm.Decimal)
        {
            Phase = FillPhase.Length,
            Rule = static (in LayerContext layer) => (ulong)layer.NextBehindOptions.OptionBytes / 4,
        },
        HeaderField.At("flags", GeneveView.FlagsOffset, 2, FieldForm.Flags(("control", 2), ("critical", 1))),
        new("reserved1", (GeneveView.FlagsOffset * 8) + 2, 6, FieldForm.Hex),
        HeaderField.At("proto", GeneveView.ProtocolOffset, 16, EthernetProtocol.TypeForm) with
        {
            Phase = FillPhase.Next,
            Rule = static (in LayerContext layer) =>
                (ulong?)Protocols.EtherTypeOf(layer.NextBehindOptions.Protocol) ?? (ulong)EtherType.TransparentEthernetBridging,
        },
        HeaderField.At("vni", GeneveView.VniOffset, 24, FieldForm.Decimal) with { Always = true },
        HeaderField.At("reserved2", GeneveView.ReservedOffset, 8, FieldForm.Hex),
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state)
    {
        if (!GeneveView.TryRead(header, out GeneveView view))
        {
            return null;
        }
        state.Carried = Protocols.ByEtherType(view.Protocol);
        bool mizar = state.Rest.Length >= 2 && state.Rest[0] == MizarFixedLayout.ClassOnWire >> 8
            && state.Rest[1] == (MizarFixedLayout.ClassOnWire & 255) && state.Rest.Length >= MizarFixedLayout.Length;
        if (mizar)
        {
            state.OptionBytes = 0;
            return Protocols.Mizar;
        }
        state.OptionBytes = Math.Min(view.OptionWords * 4, state.Rest.Length);
        return NextOption(ref state);
    }

    /// <summary>The next option, or behind the last one what the tunnel carries.</summary>
    public static Protocol? NextOption(ref DissectState state)
    {
        if (state.OptionBytes > 0)
        {
            if (GeneveOptionView.TryRead(state.Rest[..state.OptionBytes], out GeneveOptionView option))
            {
                state.OptionBytes -= option.Length;
                return Protocols.OfOption(option);
            }
            state.SkippedBytes = state.OptionBytes;
            state.OptionBytes = 0;
        }
        return state.Enter("inner ", state.Carried);
    }
}
