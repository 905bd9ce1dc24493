using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>The LRU hash the programs learn into. The kernel's least recently used is approximate and per CPU.</summary>
internal sealed class DirectPathCodec(BpfMap map) : MapCodec<EndpointKey, CachedHost>(map)
{
    protected override int KeyBytes => Layout.EndpointKeyBytes;

    protected override int ValueBytes => 12;

    protected override void WriteKey(in EndpointKey key, Span<byte> bytes) => Layout.WriteEndpointKey(key, bytes);

    protected override void WriteValue(in CachedHost value, Span<byte> bytes)
    {
        value.Host.Address.Write(bytes);
        value.Host.Mac.Write(bytes[4..]);
    }

    protected override EndpointKey ReadKey(ReadOnlySpan<byte> bytes) => Layout.ReadEndpointKey(bytes);

    protected override CachedHost ReadValue(ReadOnlySpan<byte> bytes) => new HostAddress(Ipv4Address.Read(bytes), MacAddress.Read(bytes[4..]));
}
