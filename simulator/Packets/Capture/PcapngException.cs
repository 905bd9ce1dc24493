namespace MizarLab.Packets;

/// <summary>A stream that is no pcapng capture, or a broken one.</summary>
public sealed class PcapngException(string problem, long offset) : CaptureException("pcapng", problem, offset);
