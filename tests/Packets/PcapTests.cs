using System.Buffers.Binary;
using System.Diagnostics;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public sealed class PcapTests
{
    private const uint Microseconds = 0xA1B2_C3D4, Nanoseconds = 0xA1B2_3C4D;

    private static readonly byte[][] Frames = [[1, 2, 3], [], [.. Enumerable.Repeat((byte)0xA5, 300)], [9]];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Both_orders_and_both_clocks_are_read(bool bigEndian, bool nanoseconds)
    {
        PcapReader reader = new(new MemoryStream(Capture(bigEndian, nanoseconds)));
        PcapngPacket[] packets = [.. reader.ReadAll()];
        Assert.Equal(Frames, packets.Select(packet => packet.Bytes));
        long unit = nanoseconds ? 1 : 1_000;
        Assert.Equal([.. Enumerable.Range(0, 4).Select(i => (i * 1_000_000_000L) + (500 * unit))], packets.Select(packet => packet.Nanoseconds));
        Assert.Equal([3u, 0u, 1_500u, 1u], packets.Select(packet => packet.OriginalLength));
        Assert.Equal((1, 65_535u, ""), (packets[0].Interface.LinkType, packets[0].Interface.SnapLength, packets[0].Interface.Name));
        Assert.Equal((0, 0), (reader.SkippedPackets, reader.CutPackets));
        Assert.Null(reader.ReadPacket());
    }

    [Fact]
    public void Either_format_is_known_by_its_first_bytes()
    {
        using MemoryStream stream = new();
        PcapngWriter writer = new(stream);
        writer.Write(writer.AddInterface("a"), 7, [1, 2, 3]);
        Assert.Equal([1, 2, 3], Assert.Single(CaptureFile.ReadAll(new MemoryStream(stream.ToArray()))).Bytes);
        Assert.Equal(Frames, CaptureFile.ReadAll(new Dribble(Capture())).Select(packet => packet.Bytes));
        foreach (byte[] other in (byte[][])[[], [0xA1], "GIF89a...."u8.ToArray(), [0x0A, 0x0D, 0x0D]])
        {
            CaptureException error = Assert.Throws<CaptureException>(() => CaptureFile.ReadAll(new MemoryStream(other)).Count());
            Assert.Equal(0, error.Offset);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_ends_cleanly_or_says_where(bool bigEndian)
    {
        byte[] whole = Capture(bigEndian);
        int[] ends = [24, 43, 59, 375, 392];
        Assert.Equal(whole.Length, ends[^1]);
        for (int cut = 0; cut < whole.Length; cut++)
        {
            PcapReader reader = new(new Dribble(whole[..cut]));
            if (ends.Contains(cut))
            {
                Assert.Equal(Array.IndexOf(ends, cut), reader.ReadAll().Count());
            }
            else
            {
                CaptureException error = Assert.Throws<CaptureException>(() => reader.ReadAll().Count());
                Assert.Equal(ends.LastOrDefault(end => end <= cut), error.Offset);
            }
        }
    }

    [Fact]
    public void Lengths_that_lie_are_cut_skipped_or_the_end()
    {
        // More kept than the snapshot length: cut. More kept than there was: skipped, and the next is read. More than any packet has: the end.
        byte[] beyond = [.. Header(snap: 4), .. Record([1, 2, 3, 4, 5, 6], 6), .. Record([7], 1)];
        PcapReader reader = new(new MemoryStream(beyond));
        Assert.Equal([[1, 2, 3, 4], [7]], reader.ReadAll().Select(packet => packet.Bytes));
        Assert.Equal((1, 0), (reader.CutPackets, reader.SkippedPackets));

        reader = new(new MemoryStream([.. Header(), .. Record([1, 2, 3], 2), .. Record([7], 1)]));
        Assert.Equal([[7]], reader.ReadAll().Select(packet => packet.Bytes));
        Assert.Equal((0, 1), (reader.CutPackets, reader.SkippedPackets));

        byte[] giant = [.. Header(), .. Record([7], 1), .. Record([], 0)];
        BinaryPrimitives.WriteUInt32LittleEndian(giant.AsSpan(24 + 17 + 8), PcapReader.MaximumPacket + 1);
        CaptureException error = Assert.Throws<CaptureException>(() => new PcapReader(new MemoryStream(giant)).ReadAll().Count());
        Assert.Equal(41, error.Offset);

        // A snapshot length of 0 says nothing.
        Assert.Equal([[1, 2, 3]], new PcapReader(new MemoryStream([.. Header(snap: 0), .. Record([1, 2, 3], 3)])).ReadAll().Select(packet => packet.Bytes));
    }

    [Fact]
    public void A_length_that_is_not_there_costs_no_memory()
    {
        byte[] claim = [.. Header(), .. Record([7], 1)];
        BinaryPrimitives.WriteUInt32LittleEndian(claim.AsSpan(24 + 8), PcapReader.MaximumPacket);
        _ = Assert.Throws<CaptureException>(() => Count(claim));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Assert.Throws<CaptureException>(() => Count(claim));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        static int Count(byte[] bytes) => new PcapReader(new MemoryStream(bytes)).ReadAll().Count();
    }

    [Fact]
    public void What_is_not_read_says_so()
    {
        Assert.Contains("Kuznetsov", Refused(Header(magic: 0xA1B2_CD34)));
        Assert.Contains("version 2.2", Refused(Header(minor: 2)));
        Assert.Contains("cut off", Refused(Header()[..23]));
        Assert.Equal(1, new PcapReader(new MemoryStream([.. Header(link: 0xF000_0001), .. Record([1], 1)])).ReadPacket()!.Interface.LinkType);

        static string Refused(byte[] bytes) => Assert.Throws<CaptureException>(() => new PcapReader(new MemoryStream(bytes)).ReadPacket()).Message;
    }

    [Fact]
    public void Any_byte_changed_never_escapes()
    {
        byte[] whole = Capture();
        Random random = new(1);
        (int clean, int refused) = (0, 0);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] broken = (byte[])whole.Clone();
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                broken[random.Next(8) == 0 ? random.Next(broken.Length) : random.Next(60)] = (byte)random.Next(256);
            }
            try
            {
                foreach (PcapngPacket packet in CaptureFile.ReadAll(new MemoryStream(broken)))
                {
                    Assert.True(packet.Bytes.Length <= whole.Length && packet.Bytes.Length <= packet.OriginalLength && packet.Nanoseconds >= 0);
                }
                clean++;
            }
            catch (CaptureException)
            {
                refused++;
            }
        }
        Assert.True(clean > 1_000 && refused > 1_000, $"{clean} were read, {refused} refused");
    }

    /// <summary>What editcap makes of our pcapng is read as the pcapng itself is.</summary>
    [Theory]
    [InlineData("pcap", false)]
    [InlineData("nsecpcap", true)]
    public void Editcap_writes_what_we_read(string format, bool nanoseconds)
    {
        if (!File.Exists("/usr/bin/editcap"))
        {
            return;
        }
        string from = Path.Combine(Path.GetTempPath(), $"mizarlab-{Guid.NewGuid():N}.pcapng"), to = from + ".pcap";
        try
        {
            byte[] frame = new PacketBuilder().Ethernet(new(0x0200_0000_0001), new(0x0200_0000_0002))
                .Ipv4(Ipv4Address.Parse("10.0.0.1"), Ipv4Address.Parse("10.0.0.2")).Udp(5, 9).Bytes(new byte[200]).ToBytes();
            using (FileStream file = File.Create(from))
            {
                PcapngWriter writer = new(file);
                int nic = writer.AddInterface("nic");
                for (int i = 0; i < 50; i++)
                {
                    writer.Write(nic, 1_700_000_000_123_456_789 + (i * 1_111_111), frame.AsSpan(0, 40 + i), null, frame.Length);
                }
            }
            ProcessStartInfo start = new("editcap") { RedirectStandardError = true };
            foreach (string argument in (string[])["-F", format, from, to])
            {
                start.ArgumentList.Add(argument);
            }
            using (Process process = Process.Start(start)!)
            {
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, errors);
            }
            using FileStream ours = File.OpenRead(from), theirs = File.OpenRead(to);
            PcapngPacket[] expected = [.. CaptureFile.ReadAll(ours)], read = [.. CaptureFile.ReadAll(theirs)];
            long unit = nanoseconds ? 1 : 1_000;
            Assert.Equal(expected.Select(packet => packet.Nanoseconds / unit * unit), read.Select(packet => packet.Nanoseconds));
            Assert.Equal(expected.Select(packet => (packet.OriginalLength, Convert.ToHexString(packet.Bytes))), read.Select(packet => (packet.OriginalLength, Convert.ToHexString(packet.Bytes))));
        }
        finally
        {
            File.Delete(from);
            File.Delete(to);
        }
    }

    /// <summary>Four packets, the third cut off.</summary>
    private static byte[] Capture(bool bigEndian = false, bool nanoseconds = false) =>
    [
        .. Header(bigEndian, magic: nanoseconds ? Nanoseconds : Microseconds),
        .. Frames.SelectMany((frame, i) => Record(frame, i == 2 ? 1_500u : (uint)frame.Length, bigEndian, (uint)i, 500)),
    ];

    private static byte[] Header(bool bigEndian = false, uint magic = Microseconds, ushort minor = 4, uint snap = 65_535, uint link = 1)
    {
        byte[] header = new byte[24];
        Array.Fill(header, (byte)0xA5);
        Put32(header, 0, magic, bigEndian);
        Put16(header, 4, 2, bigEndian);
        Put16(header, 6, minor, bigEndian);
        Put32(header, 16, snap, bigEndian);
        Put32(header, 20, link, bigEndian);
        return header;
    }

    private static byte[] Record(byte[] frame, uint original, bool bigEndian = false, uint seconds = 0, uint fraction = 0)
    {
        byte[] record = new byte[16 + frame.Length];
        Put32(record, 0, seconds, bigEndian);
        Put32(record, 4, fraction, bigEndian);
        Put32(record, 8, (uint)frame.Length, bigEndian);
        Put32(record, 12, original, bigEndian);
        frame.CopyTo(record, 16);
        return record;
    }

    private static void Put16(byte[] to, int at, ushort value, bool bigEndian)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to.AsSpan(at), value);
        }
    }

    private static void Put32(byte[] to, int at, uint value, bool bigEndian)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(at), value);
        }
    }

    /// <summary>A stream that gives one byte at a time, as a slow pipe does.</summary>
    private sealed class Dribble(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
