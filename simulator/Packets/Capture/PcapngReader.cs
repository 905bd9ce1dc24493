using System.Buffers.Binary;
using System.Text;

namespace MizarLab.Packets;

/// <summary>
/// Reads pcapng captures, ours and others': either byte order, several sections, any time resolution; blocks it has no use for are
/// skipped and counted. Takes any bytes: what is wrong ends in a <see cref="PcapngException"/>, and memory grows only as bytes
/// arrive, never by what a length field claims.
/// </summary>
public sealed class PcapngReader(Stream stream)
{
    /// <summary>Longest block read: some hundred times the largest frame.</summary>
    public const int MaximumBlock = 16 << 20;

    /// <summary>Most interfaces a section may describe.</summary>
    public const int MaximumInterfaces = 1 << 16;

    private readonly List<PcapngInterface> interfaces = [];
    private readonly List<PcapngClock> clocks = [];
    private byte[] buffer = new byte[4096];
    private bool inSection;
    private bool bigEndian;
    private long blockStart;
    private long position;

    /// <summary>Whether a packet of which more is kept than it is said to have had is an error.</summary>
    public bool Strict { get; init; }

    /// <summary>Interfaces of the section being read, by id.</summary>
    public IReadOnlyList<PcapngInterface> Interfaces => interfaces;

    /// <summary>Blocks passed over because they are of a type this reader has no use for.</summary>
    public int SkippedBlocks { get; private set; }

    /// <summary>All packets that are left.</summary>
    /// <exception cref="PcapngException">The stream is no pcapng capture, or a broken one.</exception>
    public IEnumerable<PcapngPacket> ReadAll()
    {
        while (ReadPacket() is { } packet)
        {
            yield return packet;
        }
    }

    /// <summary>The next packet; null at the end of the stream.</summary>
    /// <exception cref="PcapngException">The stream is no pcapng capture, or a broken one.</exception>
    public PcapngPacket? ReadPacket()
    {
        while (TryReadBlock(out uint type, out int bodyLength))
        {
            ReadOnlySpan<byte> body = buffer.AsSpan(8, bodyLength);
            switch (type)
            {
                case PcapngFormat.SectionHeader:
                    BeginSection(body);
                    break;
                case PcapngFormat.InterfaceDescription:
                    AddInterface(body);
                    break;
                case PcapngFormat.EnhancedPacket:
                    return ReadEnhanced(body);
                case PcapngFormat.SimplePacket:
                    return ReadSimple(body);
                default:
                    SkippedBlocks++;
                    break;
            }
        }
        return null;
    }

    /// <summary>Reads a whole block into the buffer; false at a clean end.</summary>
    private bool TryReadBlock(out uint type, out int bodyLength)
    {
        (type, bodyLength) = (0, 0);
        blockStart = position;
        int head = Fill(0, 8);
        if (head == 0)
        {
            return false;
        }
        if (head < 8)
        {
            throw Broken("the block is cut off");
        }
        bool section = BinaryPrimitives.ReadUInt32LittleEndian(buffer) == PcapngFormat.SectionHeader;
        if (section)
        {
            // The section's byte order stands behind the length that needs it.
            if (Fill(8, 4) < 4)
            {
                throw Broken("the section header is cut off");
            }
            bigEndian = ByteOrderOf(buffer.AsSpan(8, 4));
        }
        else if (!inSection)
        {
            throw Broken("no section header: this is no pcapng capture");
        }
        uint length = U32(buffer.AsSpan(4));
        if (length < PcapngFormat.BlockOverhead || length % 4 != 0 || length > MaximumBlock || (section && length < 16))
        {
            throw Broken($"a block of {length} bytes");
        }
        int have = section ? 12 : 8;
        if (Fill(have, (int)length - have) < length - have)
        {
            throw Broken("the block is cut off");
        }
        if (U32(buffer.AsSpan((int)length - 4)) != length)
        {
            throw Broken("the block's two lengths differ");
        }
        type = U32(buffer);
        bodyLength = (int)length - PcapngFormat.BlockOverhead;
        return true;
    }

    private bool ByteOrderOf(ReadOnlySpan<byte> magic) =>
        BinaryPrimitives.ReadUInt32LittleEndian(magic) == PcapngFormat.ByteOrderMagic ? false
        : BinaryPrimitives.ReadUInt32BigEndian(magic) == PcapngFormat.ByteOrderMagic ? true
        : throw Broken("the byte-order magic is wrong");

    private void BeginSection(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.SectionFixed)
        {
            throw Broken("the section header is too short");
        }
        if (U16(body[4..]) != 1)
        {
            throw Broken($"version {U16(body[4..])}; only 1 is known");
        }
        interfaces.Clear();
        clocks.Clear();
        inSection = true;
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.InterfaceFixed)
        {
            throw Broken("the interface description is too short");
        }
        if (interfaces.Count == MaximumInterfaces)
        {
            throw Broken($"more than {MaximumInterfaces} interfaces");
        }
        var added = new PcapngInterface(interfaces.Count, "", U16(body), U32(body[4..]));
        PcapngClock clock = PcapngClock.Default;
        ReadOnlySpan<byte> rest = body[PcapngFormat.InterfaceFixed..];
        while (NextOption(ref rest, out ushort code, out ReadOnlySpan<byte> value))
        {
            switch (code)
            {
                case PcapngFormat.InterfaceName:
                    added = added with { Name = Encoding.UTF8.GetString(value) };
                    break;
                case PcapngFormat.InterfaceNote:
                    added = added with { Description = Encoding.UTF8.GetString(value) };
                    break;
                case PcapngFormat.InterfaceResolution when value.Length == 1:
                    clock = clock with { Resolution = value[0] };
                    break;
                case PcapngFormat.InterfaceOffset when value.Length == 8:
                    clock = clock with { OffsetSeconds = I64(value) };
                    break;
            }
        }
        interfaces.Add(added);
        clocks.Add(clock);
    }

    private PcapngPacket ReadEnhanced(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.EnhancedFixed)
        {
            throw Broken("the packet block is too short");
        }
        int id = InterfaceId(U32(body));
        uint captured = U32(body[12..]);
        ReadOnlySpan<byte> rest = body[PcapngFormat.EnhancedFixed..];
        if (captured > rest.Length)
        {
            throw Broken($"a packet of {captured} bytes in a block that holds {rest.Length}");
        }
        if (Strict && captured > U32(body[16..]))
        {
            throw Broken($"{captured} bytes kept of a packet of {U32(body[16..])}");
        }
        ulong time = (ulong)U32(body[4..]) << 32 | U32(body[8..]);
        byte[] bytes = rest[..(int)captured].ToArray();
        rest = rest[Math.Min(PcapngFormat.Padded((int)captured), rest.Length)..];
        string? comment = null;
        while (NextOption(ref rest, out ushort code, out ReadOnlySpan<byte> value))
        {
            if (code == PcapngFormat.Comment)
            {
                comment ??= Encoding.UTF8.GetString(value);
            }
        }
        return new PcapngPacket(interfaces[id], Nanoseconds(id, time), bytes, U32(body[16..]), comment);
    }

    private PcapngPacket ReadSimple(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.SimpleFixed)
        {
            throw Broken("the packet block is too short");
        }
        int id = InterfaceId(0);
        uint original = U32(body);
        uint kept = interfaces[id].SnapLength == 0 ? original : Math.Min(original, interfaces[id].SnapLength);
        ReadOnlySpan<byte> bytes = body[PcapngFormat.SimpleFixed..];
        return kept <= bytes.Length
            ? new PcapngPacket(interfaces[id], 0, bytes[..(int)kept].ToArray(), original, null) { HasTime = false }
            : throw Broken($"a packet of {kept} bytes in a block that holds {bytes.Length}");
    }

    private long Nanoseconds(int id, ulong time) =>
        clocks[id].TryToNanoseconds(time, out long nanoseconds) ? nanoseconds : throw Broken("a time beyond what 64 bits of nanoseconds hold");

    private int InterfaceId(uint id) =>
        id < (uint)interfaces.Count ? (int)id : throw Broken($"interface {id} of {interfaces.Count} described");

    /// <summary>Takes one option off the front; false behind the last.</summary>
    private bool NextOption(ref ReadOnlySpan<byte> rest, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (rest.Length < 4)
        {
            return rest.Length == 0 ? false : throw Broken("an option is cut off");
        }
        code = U16(rest);
        int length = U16(rest[2..]);
        if (code == PcapngFormat.EndOfOptions)
        {
            return false;
        }
        if (4 + PcapngFormat.Padded(length) > rest.Length)
        {
            throw Broken($"an option of {length} bytes in a block that holds {rest.Length - 4}");
        }
        value = rest.Slice(4, length);
        rest = rest[(4 + PcapngFormat.Padded(length))..];
        return true;
    }

    /// <summary>Reads up to <paramref name="count"/> bytes into the buffer; fewer only at the end of the stream. The buffer at most doubles for bytes that are there.</summary>
    private int Fill(int offset, int count)
    {
        int read = 0;
        while (read < count)
        {
            if (offset + read == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            int got = stream.Read(buffer, offset + read, Math.Min(count - read, buffer.Length - offset - read));
            if (got == 0)
            {
                break;
            }
            read += got;
        }
        position += read;
        return read;
    }

    private ushort U16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint U32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private long I64(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private PcapngException Broken(string problem) => new(problem, blockStart);
}
