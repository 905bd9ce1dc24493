using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>An LPM trie over the VNI's 64 bits and the network's.</summary>
internal sealed class NetworkCodec(BpfMap map) : MapCodec<NetworkKey, NetworkValue>(map)
{
    private const int VniBits = 64;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => Layout.ListBytes;

    protected override void WriteKey(in NetworkKey key, Span<byte> bytes)
    {
        Layout.Write(bytes, 0, VniBits + key.Prefix.Length);
        Layout.Write(bytes, 4, key.Vni.Value);
        key.Prefix.Address.Write(bytes[12..]);
    }

    protected override void WriteValue(in NetworkValue value, Span<byte> bytes) => Layout.WriteList(value.Bouncers, bytes);

    protected override NetworkKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(new Vni(Layout.Read<ulong>(bytes, 4)), new Ipv4Prefix(Ipv4Address.Read(bytes[12..]), Layout.Read<int>(bytes, 0) - VniBits));

    protected override NetworkValue ReadValue(ReadOnlySpan<byte> bytes) => Layout.ReadList(bytes);
}
