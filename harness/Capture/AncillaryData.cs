using System.Buffers.Binary;

namespace MizarLab.Harness.Capture;

/// <summary>What the kernel says beside a frame: when it passed, and the VLAN tag it took out of it.</summary>
internal readonly record struct AncillaryData(long RealtimeNanoseconds, ushort? VlanTag, ushort VlanType)
{
    // struct cmsghdr of a 64-bit kernel: size_t length; int level; int type; then the data, all aligned to 8.
    private const int HeaderBytes = 16;

    // struct tpacket_auxdata: u32 status, len, snaplen; u16 mac, net, vlan_tci, vlan_tpid.
    private const int AuxiliaryBytes = 20;
    private const int VlanTagOffset = 16;
    private const uint VlanValid = 0x10;
    private const uint VlanTypeValid = 0x40;
    private const ushort VlanTypeDefault = 0x8100;

    /// <summary>Where a tag stands in a frame: behind both addresses.</summary>
    private const int TagPosition = 12;

    /// <summary>Walks the control messages of one <c>recvmsg</c>.</summary>
    public static AncillaryData Read(ReadOnlySpan<byte> messages)
    {
        AncillaryData read = default;
        while (messages.Length >= HeaderBytes)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(messages);
            if (length < HeaderBytes || length > messages.Length)
            {
                break;
            }
            int level = BinaryPrimitives.ReadInt32LittleEndian(messages[8..]);
            int type = BinaryPrimitives.ReadInt32LittleEndian(messages[12..]);
            ReadOnlySpan<byte> data = messages[HeaderBytes..length];
            if (level == PacketSocket.LevelSocket && type == PacketSocket.TimestampNanoseconds && data.Length >= 16)
            {
                long seconds = BinaryPrimitives.ReadInt64LittleEndian(data);
                read = read with { RealtimeNanoseconds = (seconds * 1_000_000_000) + BinaryPrimitives.ReadInt64LittleEndian(data[8..]) };
            }
            else if (level == PacketSocket.LevelPacket && type == PacketSocket.AuxiliaryData && data.Length >= AuxiliaryBytes)
            {
                uint status = BinaryPrimitives.ReadUInt32LittleEndian(data);
                if ((status & VlanValid) != 0)
                {
                    read = read with
                    {
                        VlanTag = BinaryPrimitives.ReadUInt16LittleEndian(data[VlanTagOffset..]),
                        VlanType = (status & VlanTypeValid) != 0 ? BinaryPrimitives.ReadUInt16LittleEndian(data[(VlanTagOffset + 2)..]) : VlanTypeDefault,
                    };
                }
            }
            messages = messages[Math.Min(messages.Length, (length + 7) & ~7)..];
        }
        return read;
    }

    /// <summary>The frame as it was on the wire: a copy, the tag in its place.</summary>
    public byte[] Restore(ReadOnlySpan<byte> frame)
    {
        if (VlanTag is not { } tag || frame.Length < TagPosition)
        {
            return frame.ToArray();
        }
        byte[] whole = new byte[frame.Length + 4];
        frame[..TagPosition].CopyTo(whole);
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(TagPosition), VlanType);
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(TagPosition + 2), tag);
        frame[TagPosition..].CopyTo(whole.AsSpan(TagPosition + 4));
        return whole;
    }
}
