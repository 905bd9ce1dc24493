using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

internal sealed class VlanProtocol : Protocol
{
    public override string Name => "vlan";

    public override int FixedLength => VlanView.Length;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        new("pcp", 0, 3, FieldForm.Decimal),
        new("dei", 3, 1, FieldForm.Decimal),
        new("id", 4, 12, FieldForm.Decimal) { Always = true },
        EthernetProtocol.TypeField(VlanView.TypeOffset),
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) =>
        VlanView.TryRead(header, out VlanView view) ? EthernetProtocol.ByType(view.Type) : null;
}
