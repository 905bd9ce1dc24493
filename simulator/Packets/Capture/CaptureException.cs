namespace MizarLab.Packets;

/// <summary>A stream that is no capture, or a broken one. The message says what and at which byte.</summary>
/// <param name="format">What it was read as: <c>pcap</c>, <c>pcapng</c>, <c>capture</c>.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="offset">Where, in bytes from where the reader began.</param>
public class CaptureException(string format, string problem, long offset) : IOException($"{format}, byte {offset}: {problem}")
{
    /// <summary>Of the block or record that is wrong, in bytes from where the reader began.</summary>
    public long Offset { get; } = offset;
}
