using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of an ARP packet for Ethernet and IPv4 (28 bytes). Hardware type 1 and protocol type IPv4 unless set otherwise.</summary>
public readonly record struct ArpPacket(
    ArpOperation Operation, MacAddress SenderMac, Ipv4Address SenderAddress, MacAddress TargetMac, Ipv4Address TargetAddress)
{
    public ushort HardwareType { get; init; } = 1;

    public EtherType ProtocolType { get; init; } = EtherType.Ipv4;

    /// <summary>Bytes <see cref="Write"/> writes.</summary>
    public int Length => ArpView.Length;

    /// <summary>False when <paramref name="bytes"/> is too short or the address lengths are not those of Ethernet and IPv4.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpPacket packet)
    {
        bool fits = ArpView.TryRead(bytes, out ArpView view);
        packet = fits
            ? new ArpPacket(view.Operation, view.SenderMac, view.SenderAddress, view.TargetMac, view.TargetAddress)
            {
                HardwareType = view.HardwareType,
                ProtocolType = view.ProtocolType,
            }
            : default;
        return fits;
    }

    /// <summary>Writes every bit of the packet.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        TargetAddress.Write(destination[ArpView.TargetAddressOffset..ArpView.Length]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[ArpView.HardwareTypeOffset..], HardwareType);
        BinaryPrimitives.WriteUInt16BigEndian(destination[ArpView.ProtocolTypeOffset..], (ushort)ProtocolType);
        destination[ArpView.HardwareLengthOffset] = 6;
        destination[ArpView.ProtocolLengthOffset] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[ArpView.OperationOffset..], (ushort)Operation);
        SenderMac.Write(destination[ArpView.SenderMacOffset..]);
        SenderAddress.Write(destination[ArpView.SenderAddressOffset..]);
        TargetMac.Write(destination[ArpView.TargetMacOffset..]);
    }
}
