using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct service_port_key → struct service_port; ports as on the wire.</summary>
internal sealed class ServicePortCodec(BpfMap map) : MapCodec<ServicePortKey, ushort>(map)
{
    private const int PortAt = Layout.EndpointKeyBytes, ProtocolAt = PortAt + 2;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => 4;

    protected override void WriteKey(in ServicePortKey key, Span<byte> bytes)
    {
        Layout.WriteEndpointKey(key.Service, bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortAt..], key.Port);
        bytes[ProtocolAt] = (byte)key.Protocol;
    }

    protected override void WriteValue(in ushort value, Span<byte> bytes) => BinaryPrimitives.WriteUInt16BigEndian(bytes, value);

    protected override ServicePortKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(Layout.ReadEndpointKey(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[PortAt..]), (IpProtocol)bytes[ProtocolAt]);

    protected override ushort ReadValue(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
