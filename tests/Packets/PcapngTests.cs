using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class PcapngTests
{
    [Fact]
    public void WhatIsWrittenIsRead()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream, "mizarlab", "a run");
        int left = writer.AddInterface("left nic", "underlay port of left");
        writer.Write(left, 1, [1, 2, 3], "first");
        int right = writer.AddInterface("rechts – größer", snapLength: 96);
        writer.Write(right, long.MaxValue, [], null);
        writer.Write(left, 1_732_224_000_123_456_789, [1, 2, 3, 4], "", originalLength: 1500);
        Assert.Equal(0, stream.Length % 4);

        stream.Position = 0;
        var reader = new PcapngReader(stream);
        PcapngPacket[] packets = [.. reader.ReadAll()];
        Assert.Equal(3, packets.Length);
        Assert.Equal(("left nic", "underlay port of left", (ushort)1), (packets[0].Interface.Name, packets[0].Interface.Description, packets[0].Interface.LinkType));
        Assert.Equal((1L, "first", 3u), (packets[0].Nanoseconds, packets[0].Comment, packets[0].OriginalLength));
        Assert.Equal([1, 2, 3], packets[0].Bytes);
        Assert.Equal(("rechts – größer", 96u, 1), (packets[1].Interface.Name, packets[1].Interface.SnapLength, packets[1].Interface.Id));
        Assert.Equal((long.MaxValue, null, 0), (packets[1].Nanoseconds, packets[1].Comment, packets[1].Bytes.Length));
        Assert.Equal((1_732_224_000_123_456_789, "", 1500u), (packets[2].Nanoseconds, packets[2].Comment, packets[2].OriginalLength));
        Assert.Equal(2, reader.Interfaces.Count);
        Assert.Equal(0, reader.SkippedBlocks);
        Assert.Null(reader.ReadPacket());
    }

    [Fact]
    public void TheSamePacketsGiveTheSameBytes() => Assert.Equal(Capture(), Capture());

    [Fact]
    public void MisuseIsRefusedBeforeAnythingIsWritten()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface("a");
        long length = stream.Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(1, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(-1, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(0, -1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(0, 0, [1, 2], null, 1));
        Assert.Throws<ArgumentException>(() => writer.Write(0, 0, [], new string('x', 70_000)));
        Assert.Throws<ArgumentException>(() => writer.AddInterface(new string('x', 70_000)));
        Assert.Equal(length, stream.Length);
        writer.Write(0, 5, [7], "fine");
        stream.Position = 0;
        Assert.Equal("fine", Assert.Single(new PcapngReader(stream).ReadAll()).Comment);
    }

    [Fact]
    public void EveryTruncationEndsCleanlyOrSaysSo()
    {
        byte[] whole = Capture();
        List<int> ends = BlockEnds(whole);
        for (int cut = 1; cut < whole.Length; cut++)
        {
            var reader = new PcapngReader(new MemoryStream(whole, 0, cut));
            if (ends.Contains(cut))
            {
                _ = reader.ReadAll().Count();
            }
            else
            {
                PcapngException error = Assert.Throws<PcapngException>(() => reader.ReadAll().Count());
                Assert.Equal(ends.LastOrDefault(e => e <= cut), error.Offset);
            }
        }
    }

    [Fact]
    public void AnyByteChangedNeverEscapes()
    {
        byte[] whole = Capture();
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] broken = (byte[])whole.Clone();
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }
            try
            {
                foreach (PcapngPacket packet in new PcapngReader(new MemoryStream(broken)).ReadAll())
                {
                    Assert.True(packet.Bytes.Length <= whole.Length && packet.Nanoseconds >= 0);
                }
            }
            catch (PcapngException)
            {
                // What is broken says so; anything else fails the test.
            }
        }
    }

    [Fact]
    public void ALengthThatIsNotThereCostsNoMemory()
    {
        byte[] whole = Capture();
        byte[] claim = [.. whole[..BlockEnds(whole)[0]], 9, 0, 0, 0, 0, 0, 0, 1];
        _ = Assert.Throws<PcapngException>(() => Count(claim));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Assert.Throws<PcapngException>(() => Count(claim));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000);
        static int Count(byte[] bytes) => new PcapngReader(new MemoryStream(bytes)).ReadAll().Count();
    }

    [Theory]
    [InlineData(false, null, 5_000_000, 5_000_000_000)] // default: microseconds
    [InlineData(true, null, 5_000_000, 5_000_000_000)]
    [InlineData(false, 9, 5, 5)]
    [InlineData(true, 3, 5, 5_000_000)]
    [InlineData(false, 0, 7, 7_000_000_000)]
    [InlineData(false, 12, 5_999, 5)] // picoseconds, rounded down
    [InlineData(true, 0x80 | 10, 2048, 2_000_000_000)] // units of 2^-10 s
    [InlineData(false, 127, long.MaxValue, 0)]
    public void OtherWritersTimesAndByteOrdersAreRead(bool bigEndian, int? resolution, long time, long nanoseconds)
    {
        byte[] file = ForeignCapture(bigEndian, (byte?)resolution, time);
        var reader = new PcapngReader(new MemoryStream(file));
        PcapngPacket packet = reader.ReadPacket()!;
        Assert.Equal(nanoseconds, packet.Nanoseconds);
        Assert.Equal([0xAA, 0xBB, 0xCC], packet.Bytes);
        Assert.Equal(1, reader.SkippedBlocks);
        PcapngPacket simple = reader.ReadPacket()!;
        Assert.Equal([0xDD], simple.Bytes);
        Assert.Null(reader.ReadPacket());
    }

    [Fact]
    public void ATimeThatDoesNotFitSaysSo() => Assert.Throws<PcapngException>(
        static () => new PcapngReader(new MemoryStream(ForeignCapture(false, 0, long.MaxValue))).ReadPacket());

    [Fact]
    public void ASecondSectionForgetsTheFirstOnesInterfaces()
    {
        byte[] one = Capture();
        var reader = new PcapngReader(new MemoryStream([.. one, .. one]));
        Assert.Equal(6, reader.ReadAll().Count());
        Assert.Equal(2, reader.Interfaces.Count);
        byte[] section = one[..BlockEnds(one)[0]];
        byte[] packetBlock = one[BlockEnds(one)[1]..BlockEnds(one)[2]];
        Assert.Throws<PcapngException>(() => new PcapngReader(new MemoryStream([.. one, .. section, .. packetBlock])).ReadAll().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, I am no capture at all")]
    [InlineData("\n\r\r\n")]
    public void WhatIsNoCaptureSaysSo(string text)
    {
        var reader = new PcapngReader(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)));
        if (text.Length == 0)
        {
            Assert.Null(reader.ReadPacket());
        }
        else
        {
            Assert.Equal(0, Assert.Throws<PcapngException>(() => reader.ReadPacket()).Offset);
        }
    }

    private static byte[] Capture()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream, "test");
        writer.AddInterface("a");
        writer.Write(0, 10, VectorFrames.Named[0], "in");
        writer.AddInterface("b");
        writer.Write(1, 20, [1]);
        writer.Write(0, 30, VectorFrames.Named[1], "out");
        return stream.ToArray();
    }

    private static List<int> BlockEnds(byte[] file)
    {
        var ends = new List<int>();
        for (int at = 0; at < file.Length;)
        {
            at += BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            ends.Add(at);
        }
        return ends;
    }

    /// <summary>A capture put together by hand from the format's description: section, interface, an unknown block, an enhanced and a simple packet.</summary>
    private static byte[] ForeignCapture(bool bigEndian, byte? resolution, long time)
    {
        var file = new List<byte>();
        Block(0x0A0D0D0A, [.. U32(0x1A2B3C4D), .. U16(1), .. U16(0), .. U32(uint.MaxValue), .. U32(uint.MaxValue)]);
        Block(1, [.. U16(1), .. U16(0), .. U32(0), .. (resolution is { } r ? new[] { U16(9), U16(1), [r, 0, 0, 0] } : []).SelectMany(static b => b)]);
        Block(0x0BAD, [1, 2, 3, 4]);
        Block(6, [.. U32(0), .. U32((uint)(time >> 32)), .. U32((uint)time), .. U32(3), .. U32(3), 0xAA, 0xBB, 0xCC, 0]);
        Block(3, [.. U32(1), 0xDD, 0, 0, 0]);
        return [.. file];

        void Block(uint type, byte[] body) => file.AddRange([.. U32(type), .. U32((uint)body.Length + 12), .. body, .. U32((uint)body.Length + 12)]);

        byte[] U16(ushort value) => Order(BitConverter.GetBytes(value));

        byte[] U32(uint value) => Order(BitConverter.GetBytes(value));

        byte[] Order(byte[] littleEndian) => bigEndian ? [.. littleEndian.Reverse()] : littleEndian;
    }
}
