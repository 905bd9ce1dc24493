using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct direct_path_key → struct cached_host, in a learned table. The least recently used that leaves is its set's (bpf/learned.h).</summary>
internal sealed class DirectPathCodec(LearnedMap map) : LearnedMapCodec<EndpointKey, CachedHost>(Tables.DirectPath, map)
{
    private const int AddressAt = 0, MacAt = 4, CrossesAt = 10, SeenAt = 12;

    protected override int KeyBytes => Layout.EndpointKeyBytes;

    protected override int ValueBytes => 16;

    protected override void WriteKey(in EndpointKey key, Span<byte> bytes) => Layout.WriteEndpointKey(key, bytes);

    protected override void WriteValue(in CachedHost value, Span<byte> bytes)
    {
        value.Host.Address.Write(bytes[AddressAt..]);
        value.Host.Mac.Write(bytes[MacAt..]);
        bytes[CrossesAt] = value.Crosses ? (byte)1 : (byte)0;
        Layout.Write(bytes, SeenAt, value.Seen);
    }

    protected override EndpointKey ReadKey(ReadOnlySpan<byte> bytes) => Layout.ReadEndpointKey(bytes);

    protected override CachedHost ReadValue(ReadOnlySpan<byte> bytes) => new(new HostAddress(Ipv4Address.Read(bytes[AddressAt..]), MacAddress.Read(bytes[MacAt..])))
    {
        Crosses = bytes[CrossesAt] != 0,
        Seen = Layout.Read<uint>(bytes, SeenAt),
    };
}
