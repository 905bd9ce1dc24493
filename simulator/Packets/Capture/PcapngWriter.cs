using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MizarLab.Packets;

/// <summary>
/// Writes a pcapng capture to a stream: one section, any number of interfaces with names, packets with nanosecond times and
/// comments. Little-endian on every machine, so that the same packets give the same bytes. The stream stays the caller's.
/// </summary>
/// <example><code>
/// var capture = new PcapngWriter(stream, "mizarlab");
/// int nic = capture.AddInterface("switch-1 nic");
/// capture.Write(nic, nanoseconds: 10_000, frame, "redirect to slot 0");
/// </code></example>
public sealed class PcapngWriter
{
    /// <summary>The link type of Ethernet frames.</summary>
    public const ushort Ethernet = 1;

    private readonly Stream stream;
    private readonly ArrayBufferWriter<byte> block = new(2048);
    private bool optionsOpen;

    /// <param name="stream">Written to block by block; neither flushed nor closed.</param>
    /// <param name="application">Named in the section header; null for none.</param>
    /// <param name="comment">On the whole section; null for none.</param>
    public PcapngWriter(Stream stream, string? application = null, string? comment = null)
    {
        this.stream = stream;
        Begin(PcapngFormat.SectionHeader);
        Put32(PcapngFormat.ByteOrderMagic);
        Put16(1);
        Put16(0);
        // The section's length is not known beforehand.
        Put32(uint.MaxValue);
        Put32(uint.MaxValue);
        PutOption(PcapngFormat.Comment, comment);
        PutOption(PcapngFormat.SectionApplication, application);
        End();
    }

    /// <summary>Interfaces so far; their ids are 0 to one less.</summary>
    public int Interfaces { get; private set; }

    /// <summary>Describes an interface and returns its id. Can be called also between packets.</summary>
    /// <param name="name">As Wireshark shows it.</param>
    /// <param name="description">A longer text; null for none.</param>
    /// <param name="linkType">What the packets begin with.</param>
    /// <param name="snapLength">Most bytes kept of a packet; 0: all.</param>
    /// <exception cref="ArgumentException">A text is longer than 65 535 bytes in UTF-8.</exception>
    public int AddInterface(string name, string? description = null, ushort linkType = Ethernet, uint snapLength = 0)
    {
        Begin(PcapngFormat.InterfaceDescription);
        Put16(linkType);
        Put16(0);
        Put32(snapLength);
        PutOption(PcapngFormat.InterfaceName, name);
        PutOption(PcapngFormat.InterfaceNote, description);
        PutOption(PcapngFormat.InterfaceResolution, [PcapngFormat.Nanoseconds]);
        End();
        return Interfaces++;
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="interfaceId">From <see cref="AddInterface"/>.</param>
    /// <param name="nanoseconds">Since 1970, or since the run began: readers show it either way.</param>
    /// <param name="frame">The bytes.</param>
    /// <param name="comment">Shown beside the packet; null for none.</param>
    /// <param name="originalLength">Length on the wire in bytes when <paramref name="frame"/> is only its beginning.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such interface, a negative time, or an original length below the frame's.</exception>
    /// <exception cref="ArgumentException">The comment is longer than 65 535 bytes in UTF-8.</exception>
    public void Write(int interfaceId, long nanoseconds, ReadOnlySpan<byte> frame, string? comment = null, int? originalLength = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceId, (uint)Interfaces, nameof(interfaceId));
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfLessThan(originalLength ?? frame.Length, frame.Length, nameof(originalLength));
        Begin(PcapngFormat.EnhancedPacket);
        Put32((uint)interfaceId);
        Put32((uint)(nanoseconds >> 32));
        Put32((uint)nanoseconds);
        Put32((uint)frame.Length);
        Put32((uint)(originalLength ?? frame.Length));
        PutPadded(frame);
        PutOption(PcapngFormat.Comment, comment);
        End();
    }

    private void Begin(uint type)
    {
        block.ResetWrittenCount();
        Put32(type);
        Put32(0);
    }

    /// <summary>Closes the options if there are any, writes both lengths, hands the block to the stream.</summary>
    private void End()
    {
        if (optionsOpen)
        {
            Put16(PcapngFormat.EndOfOptions);
            Put16(0);
            optionsOpen = false;
        }
        int length = block.WrittenCount + 4;
        Put32((uint)length);
        Span<byte> start = MemoryMarshal.AsMemory(block.WrittenMemory).Span;
        BinaryPrimitives.WriteUInt32LittleEndian(start[4..], (uint)length);
        stream.Write(block.WrittenSpan);
    }

    private void PutOption(ushort code, string? text)
    {
        if (text is not null)
        {
            PutOption(code, Encoding.UTF8.GetBytes(text));
        }
    }

    private void PutOption(ushort code, ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue)
        {
            optionsOpen = false;
            throw new ArgumentException($"a text of {value.Length} bytes does not fit a pcapng option, which holds {ushort.MaxValue}");
        }
        Put16(code);
        Put16((ushort)value.Length);
        PutPadded(value);
        optionsOpen = true;
    }

    private void PutPadded(ReadOnlySpan<byte> bytes)
    {
        block.Write(bytes);
        ReadOnlySpan<byte> zeros = [0, 0, 0];
        block.Write(zeros[..(PcapngFormat.Padded(bytes.Length) - bytes.Length)]);
    }

    private void Put16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(block.GetSpan(2), value);
        block.Advance(2);
    }

    private void Put32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block.GetSpan(4), value);
        block.Advance(4);
    }
}
