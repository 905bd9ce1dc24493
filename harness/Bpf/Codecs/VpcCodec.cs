using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>VNI → struct list of dividers.</summary>
internal sealed class VpcCodec(BpfMap map, HostLists lists) : ListMapCodec<Vni, AddressList>(map, lists)
{
    protected override int KeyBytes => sizeof(ulong);

    protected override int ValueBytes => ListReference.Bytes;

    protected override void WriteKey(in Vni key, Span<byte> bytes) => Layout.Write(bytes, 0, key.Value);

    protected override Vni ReadKey(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0));

    protected override ListReference Take(in AddressList value) => Lists.TakeDividers(value);

    protected override void WriteValue(in AddressList value, ListReference list, Span<byte> bytes) => list.Write(bytes);

    protected override AddressList ReadValue(ReadOnlySpan<byte> bytes) => Lists.Read(ListReference.Read(bytes));
}
