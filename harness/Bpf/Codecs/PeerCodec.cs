using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Underlay address → enum peer_state.</summary>
internal sealed class PeerCodec(BpfMap map) : MapCodec<Ipv4Address, PeerState>(map)
{
    protected override int KeyBytes => 4;

    protected override int ValueBytes => 4;

    protected override void WriteKey(in Ipv4Address key, Span<byte> bytes) => key.Write(bytes);

    protected override void WriteValue(in PeerState value, Span<byte> bytes) => Layout.Write(bytes, 0, (uint)value);

    protected override Ipv4Address ReadKey(ReadOnlySpan<byte> bytes) => Ipv4Address.Read(bytes);

    protected override PeerState ReadValue(ReadOnlySpan<byte> bytes) => (PeerState)Layout.Read<uint>(bytes, 0);
}
