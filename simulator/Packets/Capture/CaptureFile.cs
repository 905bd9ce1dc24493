using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>A capture of either format: its first four bytes say which.</summary>
/// <example><code>
/// foreach (PcapngPacket packet in CaptureFile.ReadAll(stream)) { … }
/// </code></example>
public static class CaptureFile
{
    /// <summary>All packets of a pcapng or a classic pcap capture, read as they are asked for.</summary>
    /// <param name="stream">Read from where it stands; need not seek.</param>
    /// <param name="strict">What contradicts itself is an error, where it would be passed over or cut and counted.</param>
    /// <exception cref="CaptureException">It is neither, or broken; thrown when the packet is asked for.</exception>
    public static IEnumerable<PcapngPacket> ReadAll(Stream stream, bool strict = false)
    {
        byte[] magic = new byte[4];
        int have = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        Stream whole = new Prefixed(magic.AsMemory(0, have), stream);
        if (have == 4 && PcapReader.IsMagic(magic))
        {
            return new PcapReader(whole) { Strict = strict }.ReadAll();
        }
        return have == 4 && BinaryPrimitives.ReadUInt32LittleEndian(magic) == PcapngFormat.SectionHeader
            ? new PcapngReader(whole) { Strict = strict }.ReadAll()
            : throw new CaptureException("capture", have == 0 ? "it is empty" : "neither a pcapng nor a classic pcap capture", 0);
    }

    /// <summary>Bytes already read, and then the rest of a stream that may not seek.</summary>
    private sealed class Prefixed(ReadOnlyMemory<byte> read, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> left = read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (left.IsEmpty)
            {
                return rest.Read(buffer);
            }
            int count = Math.Min(buffer.Length, left.Length);
            left.Span[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
