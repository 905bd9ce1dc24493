using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>What an ARP packet says; any other 16-bit value is legal in a field of this type.</summary>
public enum ArpOperation : ushort
{
    Request = 1,
    Reply = 2,
}

/// <summary>An ARP packet for Ethernet and IPv4 read in place (RFC 826).</summary>
public readonly ref struct ArpView
{
    public const int HardwareTypeOffset = 0;
    public const int ProtocolTypeOffset = 2;
    public const int HardwareLengthOffset = 4;
    public const int ProtocolLengthOffset = 5;
    public const int OperationOffset = 6;
    public const int SenderMacOffset = 8;
    public const int SenderAddressOffset = 14;
    public const int TargetMacOffset = 18;
    public const int TargetAddressOffset = 24;
    public const int Length = 28;

    private readonly ReadOnlySpan<byte> bytes;

    private ArpView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>
    /// False when <paramref name="bytes"/> is shorter than a packet, or its address lengths are not 6 and 4: then the fields lie
    /// elsewhere.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ArpView view)
    {
        bool fits = bytes.Length >= Length && bytes[HardwareLengthOffset] == 6 && bytes[ProtocolLengthOffset] == 4;
        view = fits ? new ArpView(bytes) : default;
        return fits;
    }

    public ushort HardwareType => BinaryPrimitives.ReadUInt16BigEndian(bytes[HardwareTypeOffset..]);

    public EtherType ProtocolType => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[ProtocolTypeOffset..]);

    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(bytes[OperationOffset..]);

    public MacAddress SenderMac => MacAddress.Read(bytes[SenderMacOffset..]);

    public Ipv4Address SenderAddress => Ipv4Address.Read(bytes[SenderAddressOffset..]);

    public MacAddress TargetMac => MacAddress.Read(bytes[TargetMacOffset..]);

    public Ipv4Address TargetAddress => Ipv4Address.Read(bytes[TargetAddressOffset..]);
}
