using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>VNI → dividers.</summary>
internal sealed class VpcCodec(BpfMap map) : MapCodec<Vni, AddressList>(map)
{
    protected override int KeyBytes => sizeof(ulong);

    protected override int ValueBytes => Layout.ListBytes;

    protected override void WriteKey(in Vni key, Span<byte> bytes) => Layout.Write(bytes, 0, key.Value);

    protected override void WriteValue(in AddressList value, Span<byte> bytes) => Layout.WriteList(value, bytes);

    protected override Vni ReadKey(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0));

    protected override AddressList ReadValue(ReadOnlySpan<byte> bytes) => Layout.ReadList(bytes);
}
