namespace MizarLab.Packets;

/// <summary>An interface a capture describes.</summary>
/// <param name="Id">Its number in its section, from 0.</param>
/// <param name="Name">Empty when the file gives none.</param>
/// <param name="LinkType">What its packets begin with; 1 is Ethernet.</param>
/// <param name="SnapLength">Most bytes kept of a packet; 0: all.</param>
public sealed record PcapngInterface(int Id, string Name, ushort LinkType, uint SnapLength)
{
    public string? Description { get; init; }
}

/// <summary>One packet of a capture.</summary>
/// <param name="Interface">Where it was seen.</param>
/// <param name="Nanoseconds">Its time; 0 where the file gives none (simple packet blocks).</param>
/// <param name="Bytes">What was kept of it.</param>
/// <param name="OriginalLength">Its length on the wire in bytes.</param>
/// <param name="Comment">The first comment on it; null when there is none.</param>
public sealed record PcapngPacket(PcapngInterface Interface, long Nanoseconds, byte[] Bytes, uint OriginalLength, string? Comment)
{
    /// <summary>False of a simple packet block.</summary>
    public bool HasTime { get; init; } = true;
}
