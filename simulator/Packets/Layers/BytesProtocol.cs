using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>Bytes as they are: payload, trailer, broken options.</summary>
internal sealed class BytesProtocol(string name, string layerName, bool isGeneveOption = false) : Protocol
{
    public override string Name => name;

    public override string LayerName => layerName;

    public override ImmutableArray<HeaderField> Fields => [];

    public override int FixedLength => 0;

    public override bool IsGeneveOption => isGeneveOption;
}
