using System.Buffers.Binary;
using MizarLab.Harness.Capture;

namespace MizarLab.Tests.Capture;

public sealed class AncillaryDataTests
{
    private const int SocketLevel = 1, PacketLevel = 263, Timestamp = 35, Auxiliary = 8;

    [Fact]
    public void TimeIsReadInNanoseconds()
    {
        AncillaryData data = AncillaryData.Read(Message(SocketLevel, Timestamp, Time(12, 345_678_901)));
        Assert.Equal(12_345_678_901, data.RealtimeNanoseconds);
        Assert.Null(data.VlanTag);
    }

    [Fact]
    public void TagIsPutBackWhereItWas()
    {
        byte[] messages = [.. Message(PacketLevel, Auxiliary, Aux(status: 0x10 | 0x40, tag: 0x2007, type: 0x88A8)), .. Message(SocketLevel, Timestamp, Time(1, 2))];
        AncillaryData data = AncillaryData.Read(messages);
        byte[] frame = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];

        byte[] whole = data.Restore(frame);

        Assert.Equal([.. frame[..12], 0x88, 0xA8, 0x20, 0x07, .. frame[12..]], whole);
        Assert.Equal(1_000_000_002, data.RealtimeNanoseconds);
    }

    /// <summary>The tag's type is 802.1Q where the kernel does not say; and no tag is read where it says there is none, whatever the bytes hold.</summary>
    [Fact]
    public void FlagsDecideWhatIsATag()
    {
        Assert.Equal((ushort?)5, AncillaryData.Read(Message(PacketLevel, Auxiliary, Aux(0x10, 5, 0x1234))).VlanTag);
        Assert.Equal(0x8100, AncillaryData.Read(Message(PacketLevel, Auxiliary, Aux(0x10, 5, 0x1234))).VlanType);
        Assert.Null(AncillaryData.Read(Message(PacketLevel, Auxiliary, Aux(0x40, 5, 0x8100))).VlanTag);
    }

    [Fact]
    public void CutMessagesEndTheWalk()
    {
        byte[] whole = [.. Message(SocketLevel, Timestamp, Time(1, 2)), .. Message(PacketLevel, Auxiliary, Aux(0x50, 7, 0x8100))];
        for (int length = 0; length < whole.Length; length++)
        {
            AncillaryData data = AncillaryData.Read(whole.AsSpan(0, length));
            Assert.Equal(length >= 32 ? 1_000_000_002 : 0, data.RealtimeNanoseconds);
        }
        byte[] endless = Message(SocketLevel, Timestamp, Time(1, 2));
        BinaryPrimitives.WriteUInt64LittleEndian(endless, 0);
        Assert.Equal(0, AncillaryData.Read(endless).RealtimeNanoseconds);
    }

    private static byte[] Message(int level, int type, byte[] data)
    {
        byte[] message = new byte[16 + ((data.Length + 7) & ~7)];
        BinaryPrimitives.WriteUInt64LittleEndian(message, (ulong)(16 + data.Length));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), level);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), type);
        data.CopyTo(message, 16);
        return message;
    }

    private static byte[] Time(long seconds, long nanoseconds)
    {
        byte[] time = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(time, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(time.AsSpan(8), nanoseconds);
        return time;
    }

    private static byte[] Aux(uint status, ushort tag, ushort type)
    {
        byte[] aux = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(aux, status);
        BinaryPrimitives.WriteUInt16LittleEndian(aux.AsSpan(16), tag);
        BinaryPrimitives.WriteUInt16LittleEndian(aux.AsSpan(18), type);
        return aux;
    }
}
