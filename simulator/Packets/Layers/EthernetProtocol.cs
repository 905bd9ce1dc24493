using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

internal sealed class EthernetProtocol : Protocol
{
    /// <summary>The type a frame gets whose payload has none: IEEE 802's local experimental EtherType 1.</summary>
    public const ulong Experimental = 0x88B5;

    public override string Name => "eth";

    public override int FixedLength => EthernetView.Length;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        HeaderField.At("dst", EthernetView.DestinationOffset, 48, FieldForm.Mac) with { Always = true },
        HeaderField.At("src", EthernetView.SourceOffset, 48, FieldForm.Mac) with { Always = true },
        TypeField(EthernetView.TypeOffset),
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) =>
        EthernetView.TryRead(header, out EthernetView view) ? ByType(view.Type) : null;

    /// <summary>The EtherType field of a header that is followed by what the type says.</summary>
    public static HeaderField TypeField(int offset) => HeaderField.At("type", offset, 16, TypeForm) with
    {
        Phase = FillPhase.Next,
        Rule = static (in LayerContext layer) => (ulong?)Protocols.EtherTypeOf(layer.Next == Protocols.Ethernet ? null : layer.Next) ?? Experimental,
    };

    /// <summary>Ethernet in Ethernet without a tunnel between is nothing anyone sends.</summary>
    public static Protocol? ByType(EtherType type) =>
        type == EtherType.TransparentEthernetBridging ? null : Protocols.ByEtherType(type);

    public static FieldForm TypeForm { get; } = FieldForm.Names(
        hexadecimal: true,
        ("ipv4", (ulong)EtherType.Ipv4),
        ("arp", (ulong)EtherType.Arp),
        ("eth", (ulong)EtherType.TransparentEthernetBridging),
        ("vlan", (ulong)EtherType.Vlan),
        ("ipv6", (ulong)EtherType.Ipv6),
        ("lldp", (ulong)EtherType.Lldp));
}
