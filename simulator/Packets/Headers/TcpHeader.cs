using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of a well-formed TCP header; the data offset follows from the options.</summary>
public readonly record struct TcpHeader(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledgement, TcpFlags Flags)
{
    /// <summary>The four reserved bits.</summary>
    public byte Reserved { get; init; }

    /// <summary>Window in bytes, before scaling.</summary>
    public ushort Window { get; init; } = 65535;

    public ushort Checksum { get; init; }

    public ushort Urgent { get; init; }

    public OptionBytes Options { get; init; }

    /// <summary>Bytes <see cref="Write"/> writes: 20 to 60.</summary>
    public int Length => TcpView.MinimumLength + Options.Length;

    /// <summary>False when <paramref name="bytes"/> is too short for the header or its data offset makes no sense.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        if (!TcpView.TryRead(bytes, out TcpView view) || !view.IsWellFormed)
        {
            header = default;
            return false;
        }
        header = new TcpHeader(view.SourcePort, view.DestinationPort, view.Sequence, view.Acknowledgement, view.Flags)
        {
            Reserved = view.Reserved,
            Window = view.Window,
            Checksum = view.Checksum,
            Urgent = view.Urgent,
            Options = new OptionBytes(view.Options),
        };
        return true;
    }

    /// <summary>Writes every bit of the header, options included.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Length];
        BinaryPrimitives.WriteUInt16BigEndian(destination[TcpView.SourcePortOffset..], SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[TcpView.DestinationPortOffset..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(destination[TcpView.SequenceOffset..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[TcpView.AcknowledgementOffset..], Acknowledgement);
        destination[TcpView.DataOffset] = (byte)((Length / 4) << 4 | (Reserved & 15));
        destination[TcpView.FlagsOffset] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(destination[TcpView.WindowOffset..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(destination[TcpView.ChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(destination[TcpView.UrgentOffset..], Urgent);
        Options.CopyTo(destination[TcpView.MinimumLength..]);
    }
}
