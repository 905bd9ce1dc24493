using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>
/// Reads classic pcap captures (draft-ietf-opsawg-pcap): either byte order, times in micro- or nanoseconds. What it gives is what <see cref="PcapngReader"/> gives, of one
/// interface without a name.
/// </summary>
/// <remarks>
/// Takes any bytes, and memory grows only as bytes arrive. A record's length says where the next one begins, so one that no packet can have is the end of what
/// can be read: a <see cref="CaptureException"/>. Of lengths that contradict each other but leave the next record where it is, the record is skipped
/// and counted (<see cref="SkippedPackets"/>); what a writer kept beyond its own snapshot length is cut off and counted (<see cref="CutPackets"/>), as libpcap does.
/// </remarks>
public sealed class PcapReader(Stream stream)
{
    /// <summary>Most bytes kept of a packet: libpcap's MAXIMUM_SNAPLEN. A record that says more is taken for garbage.</summary>
    public const int MaximumPacket = 262_144;

    private const uint Microseconds = 0xA1B2_C3D4;
    private const uint Nanoseconds = 0xA1B2_3C4D;

    /// <summary>Alexey Kuznetsov's variant: records have further fields.</summary>
    private const uint Modified = 0xA1B2_CD34;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;

    /// <summary>The link type's own bits; above them stands how long a frame check sequence is.</summary>
    private const uint LinkTypeMask = 0xFFFF;

    private readonly byte[] header = new byte[FileHeader];
    private byte[] buffer = new byte[4096];
    private PcapngInterface? captured;
    private bool bigEndian;
    private long fraction;
    private long recordStart;
    private long position;

    /// <summary>Whether lengths that contradict each other are errors.</summary>
    public bool Strict { get; init; }

    /// <summary>The capture's one interface; null before the first packet was asked for.</summary>
    public PcapngInterface? Interface => captured;

    /// <summary>Records left out: more of the packet kept than it is said to have had.</summary>
    public int SkippedPackets { get; private set; }

    /// <summary>Packets of which more was kept than the snapshot length of the file; given up to it.</summary>
    public int CutPackets { get; private set; }

    /// <summary>Whether a file that begins with these four bytes is a classic capture.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> magic) => magic.Length >= 4
        && (IsKnown(BinaryPrimitives.ReadUInt32BigEndian(magic)) || IsKnown(BinaryPrimitives.ReadUInt32LittleEndian(magic)));

    /// <summary>All packets that are left.</summary>
    /// <exception cref="CaptureException">The stream is no classic capture, or a broken one.</exception>
    public IEnumerable<PcapngPacket> ReadAll()
    {
        while (ReadPacket() is { } packet)
        {
            yield return packet;
        }
    }

    /// <summary>The next packet; null at the end.</summary>
    /// <exception cref="CaptureException">The stream is no classic capture, or a broken one.</exception>
    public PcapngPacket? ReadPacket()
    {
        PcapngInterface from = captured ??= ReadHeader();
        while (true)
        {
            recordStart = position;
            int head = Fill(header, RecordHeader);
            if (head == 0)
            {
                return null;
            }
            if (head < RecordHeader)
            {
                throw Broken("the record's header is cut off");
            }
            long time = Time(U32(header), U32(header.AsSpan(4)));
            uint kept = U32(header.AsSpan(8)), original = U32(header.AsSpan(12));
            if (kept > MaximumPacket)
            {
                throw Broken($"a packet of {kept} bytes; captures hold at most {MaximumPacket} of one");
            }
            if (Strict && (kept > original || (from.SnapLength > 0 && kept > from.SnapLength)))
            {
                throw Broken($"{kept} bytes kept of a packet of {original} in a capture that keeps {(from.SnapLength > 0 ? from.SnapLength : MaximumPacket)} of each");
            }
            ReadBytes((int)kept);
            if (kept > original)
            {
                SkippedPackets++;
                continue;
            }
            int given = (int)kept;
            if (from.SnapLength > 0 && kept > from.SnapLength)
            {
                CutPackets++;
                given = (int)from.SnapLength;
            }
            return new PcapngPacket(from, time, buffer[..given], original, null);
        }
    }

    private static bool IsKnown(uint magic) => magic is Microseconds or Nanoseconds or Modified;

    private PcapngInterface ReadHeader()
    {
        int have = Fill(header, FileHeader);
        if (have < 4 || !IsMagic(header))
        {
            throw Broken("the magic number is wrong: this is no classic pcap capture");
        }
        if (have < FileHeader)
        {
            throw Broken("the file's header is cut off");
        }
        bigEndian = IsKnown(BinaryPrimitives.ReadUInt32BigEndian(header));
        switch (U32(header))
        {
            case Microseconds:
                fraction = 1_000;
                break;
            case Nanoseconds:
                fraction = 1;
                break;
            default:
                throw Broken("Kuznetsov's variant of pcap, whose records have other headers, is not read; editcap -F pcap writes the usual one");
        }
        ushort major = U16(header.AsSpan(4)), minor = U16(header.AsSpan(6));
        if (major != 2 || minor < 3)
        {
            // Versions before 2.3 have the two lengths of a record the other way round.
            throw Broken($"version {major}.{minor}; only 2.3 and 2.4 are known");
        }
        // The zone and the accuracy of times at 8 and 12 have always been 0, and nobody reads them.
        return new PcapngInterface(0, "", (ushort)(U32(header.AsSpan(20)) & LinkTypeMask), U32(header.AsSpan(16)));
    }

    /// <summary>A fraction of a second or more, which some writers make, is added all the same, as libpcap does. Cannot be too large: 2³² s and 2³² µs.</summary>
    private long Time(uint seconds, uint fractions) => (seconds * 1_000_000_000L) + (fractions * fraction);

    /// <summary>Reads a packet's bytes to the front of the buffer, which at most doubles for bytes that are there.</summary>
    private void ReadBytes(int count)
    {
        int read = 0;
        while (read < count)
        {
            if (read == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            int got = stream.Read(buffer, read, Math.Min(count, buffer.Length) - read);
            if (got == 0)
            {
                throw Broken($"the packet is cut off: {read} bytes of {count} are there");
            }
            read += got;
            position += got;
        }
    }

    private int Fill(byte[] into, int count)
    {
        int read = stream.ReadAtLeast(into.AsSpan(0, count), count, throwOnEndOfStream: false);
        position += read;
        return read;
    }

    private ushort U16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint U32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private CaptureException Broken(string problem) => new("pcap", problem, recordStart);
}
