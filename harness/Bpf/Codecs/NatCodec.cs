using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct nat_key → struct nat_value, one of the two NAT caches, which are one learned table, the direction in the key. A droplet's programs do not look into it
/// before <paramref name="cell"/> says that there was an entry, which is therefore set first.
/// </summary>
internal sealed class NatCodec(Table<NatKey, NatValue> table, LearnedMap map, DropletCell cell) : LearnedMapCodec<NatKey, NatValue>(table, map)
{
    /// <summary>Of a key.</summary>
    public const int Bytes = 24;

    private const int VniAt = 0, SourceAt = 8, DestinationAt = 12, SourcePortAt = 16, DestinationPortAt = 18, ProtocolAt = 20, DirectionAt = 21;
    private const int ValueDestinationAt = 4, ValueSourcePortAt = 8, ValueDestinationPortAt = 10, SourceMacAt = 12, StateAt = 18, DestinationMacAt = 20, SeenAt = 28;

    private readonly byte direction = table == Tables.ReverseNat ? (byte)1 : (byte)0; // enum nat_direction

    protected override int KeyBytes => Bytes;

    protected override int ValueBytes => 32;

    protected override bool IsOwn(ReadOnlySpan<byte> key) => key[DirectionAt] == direction;

    public override void Put(in NatKey key, in NatValue value)
    {
        cell.SetNatInUse(true);
        base.Put(in key, in value);
    }

    /// <inheritdoc/>
    /// <remarks>Both caches are cleared together, so neither is in use afterwards.</remarks>
    public override void Clear()
    {
        base.Clear();
        cell.SetNatInUse(false);
    }

    protected override void WriteKey(in NatKey key, Span<byte> bytes)
    {
        Layout.Write(bytes, VniAt, key.Vni.Value);
        key.Flow.Source.Write(bytes[SourceAt..]);
        key.Flow.Destination.Write(bytes[DestinationAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[SourcePortAt..], key.Flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[DestinationPortAt..], key.Flow.DestinationPort);
        bytes[ProtocolAt] = (byte)key.Flow.Protocol;
        bytes[DirectionAt] = direction;
    }

    protected override void WriteValue(in NatValue value, Span<byte> bytes)
    {
        value.Source.Write(bytes);
        value.Destination.Write(bytes[ValueDestinationAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ValueSourcePortAt..], value.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ValueDestinationPortAt..], value.DestinationPort);
        value.SourceMac.Write(bytes[SourceMacAt..]);
        value.DestinationMac.Write(bytes[DestinationMacAt..]);
        bytes[StateAt] = (byte)value.State;
        Layout.Write(bytes, SeenAt, value.Seen);
    }

    protected override NatKey ReadKey(ReadOnlySpan<byte> bytes) => new(
        new Vni(Layout.Read<ulong>(bytes, VniAt)),
        new FlowKey(
            Ipv4Address.Read(bytes[SourceAt..]),
            Ipv4Address.Read(bytes[DestinationAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[SourcePortAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationPortAt..]),
            (IpProtocol)bytes[ProtocolAt]));

    protected override NatValue ReadValue(ReadOnlySpan<byte> bytes) => new(
        Ipv4Address.Read(bytes),
        Ipv4Address.Read(bytes[ValueDestinationAt..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[ValueSourcePortAt..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[ValueDestinationPortAt..]),
        MacAddress.Read(bytes[SourceMacAt..]),
        MacAddress.Read(bytes[DestinationMacAt..]))
    {
        State = (NatState)bytes[StateAt],
        Seen = Layout.Read<uint>(bytes, SeenAt),
    };
}
