using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>
/// The value of a well-formed IPv4 header. <see cref="TotalLength"/> and <see cref="Checksum"/> are what stands or shall stand
/// there; <see cref="PacketBuilder"/> computes them, and <see cref="WithChecksum"/> the latter.
/// </summary>
public readonly record struct Ipv4Header(Ipv4Address Source, Ipv4Address Destination, IpProtocol Protocol)
{
    public byte Tos { get; init; }

    /// <summary>Header, options and payload in bytes.</summary>
    public ushort TotalLength { get; init; }

    public ushort Id { get; init; }

    public Ipv4Flags Flags { get; init; }

    /// <summary>Offset of the fragment in units of eight bytes; 13 bits travel.</summary>
    public ushort FragmentUnits { get; init; }

    public byte Ttl { get; init; } = 64;

    public ushort Checksum { get; init; }

    public OptionBytes Options { get; init; }

    /// <summary>Bytes <see cref="Write"/> writes: 20 to 60.</summary>
    public int Length => Ipv4View.MinimumLength + Options.Length;

    /// <summary>This header with the checksum that holds for it.</summary>
    public Ipv4Header WithChecksum()
    {
        Span<byte> bytes = stackalloc byte[Ipv4View.MinimumLength + OptionBytes.MaximumLength];
        Write(bytes);
        return this with { Checksum = InternetChecksum.ComputeWithout(bytes[..Length], Ipv4View.ChecksumOffset) };
    }

    /// <summary>False when <paramref name="bytes"/> is too short for the header or it is not well formed (<see cref="Ipv4View.IsWellFormed"/>).</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        if (!Ipv4View.TryRead(bytes, out Ipv4View view) || !view.IsWellFormed)
        {
            header = default;
            return false;
        }
        header = new Ipv4Header(view.Source, view.Destination, view.Protocol)
        {
            Tos = view.Tos,
            TotalLength = view.TotalLength,
            Id = view.Id,
            Flags = view.Flags,
            FragmentUnits = view.FragmentUnits,
            Ttl = view.Ttl,
            Checksum = view.Checksum,
            Options = new OptionBytes(view.Options),
        };
        return true;
    }

    /// <summary>Writes every bit of the header, options included.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Length];
        destination[Ipv4View.VersionOffset] = (byte)(0x40 | Length / 4);
        destination[Ipv4View.TosOffset] = Tos;
        BinaryPrimitives.WriteUInt16BigEndian(destination[Ipv4View.TotalLengthOffset..], TotalLength);
        BinaryPrimitives.WriteUInt16BigEndian(destination[Ipv4View.IdOffset..], Id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[Ipv4View.FragmentOffset..], (ushort)((int)Flags << 13 | (FragmentUnits & 0x1FFF)));
        destination[Ipv4View.TtlOffset] = Ttl;
        destination[Ipv4View.ProtocolOffset] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(destination[Ipv4View.ChecksumOffset..], Checksum);
        Source.Write(destination[Ipv4View.SourceOffset..]);
        Destination.Write(destination[Ipv4View.DestinationOffset..]);
        Options.CopyTo(destination[Ipv4View.MinimumLength..]);
    }
}
