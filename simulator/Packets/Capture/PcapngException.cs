namespace MizarLab.Packets;

/// <summary>A stream that is no pcapng capture, or a broken one. The message says what and at which byte.</summary>
public sealed class PcapngException(string problem, long offset) : IOException($"pcapng, byte {offset}: {problem}")
{
    /// <summary>Of the block that is wrong, in bytes from where the reader began.</summary>
    public long Offset { get; } = offset;
}
