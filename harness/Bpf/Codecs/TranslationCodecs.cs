using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>VNI → struct translator (bpf/translation.h).</summary>
internal sealed class TranslatorCodec(BpfMap map) : MapCodec<Vni, Translator>(map)
{
    private const int AddressAt = 4, FirstAt = 8, LastAt = 10;

    protected override int KeyBytes => sizeof(ulong);

    protected override int ValueBytes => 12;

    protected override void WriteKey(in Vni key, Span<byte> bytes) => Layout.Write(bytes, 0, key.Value);

    protected override void WriteValue(in Translator value, Span<byte> bytes)
    {
        value.Endpoint.Write(bytes);
        value.Address.Write(bytes[AddressAt..]);
        Layout.Write(bytes, FirstAt, value.FirstPort);
        Layout.Write(bytes, LastAt, value.LastPort);
    }

    protected override Vni ReadKey(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0));

    protected override Translator ReadValue(ReadOnlySpan<byte> bytes) =>
        new(Ipv4Address.Read(bytes), Ipv4Address.Read(bytes[AddressAt..]), Layout.Read<ushort>(bytes, FirstAt), Layout.Read<ushort>(bytes, LastAt));
}

/// <summary>struct port_forward_key → struct port_forward; ports as on the wire.</summary>
internal sealed class PortForwardCodec(BpfMap map) : MapCodec<PortForwardKey, PortForward>(map)
{
    private const int PortAt = Layout.EndpointKeyBytes, ProtocolAt = PortAt + 2, TargetPortAt = 4;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => 8;

    protected override void WriteKey(in PortForwardKey key, Span<byte> bytes)
    {
        Layout.WriteEndpointKey(key.Public, bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortAt..], key.Port);
        bytes[ProtocolAt] = (byte)key.Protocol;
    }

    protected override void WriteValue(in PortForward value, Span<byte> bytes)
    {
        value.Address.Write(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TargetPortAt..], value.Port);
    }

    protected override PortForwardKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(Layout.ReadEndpointKey(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[PortAt..]), (IpProtocol)bytes[ProtocolAt]);

    protected override PortForward ReadValue(ReadOnlySpan<byte> bytes) =>
        new(Ipv4Address.Read(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[TargetPortAt..]));
}

/// <summary>struct translation_key → struct translation.</summary>
internal sealed class TranslationCodec(LearnedMap map) : LearnedMapCodec<TranslationKey, TranslationValue>(Tables.Translations, map)
{
    /// <summary>Of a key.</summary>
    public const int Bytes = 24;

    private const int SourceAt = 8, DestinationAt = 12, SourcePortAt = 16, DestinationPortAt = 18, ProtocolAt = 20, InboundAt = 21;
    private const int ValueDestinationAt = 4, ValueSourcePortAt = 8, ValueDestinationPortAt = 10, StateAt = 12, SeenAt = 16;

    protected override int KeyBytes => Bytes;

    protected override int ValueBytes => 24;

    protected override void WriteKey(in TranslationKey key, Span<byte> bytes)
    {
        Layout.Write(bytes, 0, key.Vni.Value);
        key.Flow.Source.Write(bytes[SourceAt..]);
        key.Flow.Destination.Write(bytes[DestinationAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[SourcePortAt..], key.Flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[DestinationPortAt..], key.Flow.DestinationPort);
        bytes[ProtocolAt] = (byte)key.Flow.Protocol;
        bytes[InboundAt] = key.IsInbound ? (byte)1 : (byte)0;
    }

    protected override void WriteValue(in TranslationValue value, Span<byte> bytes)
    {
        value.Source.Write(bytes);
        value.Destination.Write(bytes[ValueDestinationAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ValueSourcePortAt..], value.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ValueDestinationPortAt..], value.DestinationPort);
        bytes[StateAt] = (byte)value.State;
        Layout.Write(bytes, SeenAt, value.Seen);
    }

    protected override TranslationKey ReadKey(ReadOnlySpan<byte> bytes) => new(
        new Vni(Layout.Read<ulong>(bytes, 0)),
        new FlowKey(
            Ipv4Address.Read(bytes[SourceAt..]),
            Ipv4Address.Read(bytes[DestinationAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[SourcePortAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationPortAt..]),
            (IpProtocol)bytes[ProtocolAt]),
        bytes[InboundAt] != 0);

    protected override TranslationValue ReadValue(ReadOnlySpan<byte> bytes) => new(
        Ipv4Address.Read(bytes),
        Ipv4Address.Read(bytes[ValueDestinationAt..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[ValueSourcePortAt..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[ValueDestinationPortAt..]))
    {
        State = (NatState)bytes[StateAt],
        Seen = Layout.Read<uint>(bytes, SeenAt),
    };
}
