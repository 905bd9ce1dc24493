using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// One run of a program as it told it: a view of struct trace_event (bpf/trace.h) in the ring buffer. Gone when the handler
/// returns; whoever keeps a frame copies it.
/// </summary>
public readonly ref struct TraceEvent
{
    private const int FramesAt = 1072;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly ref readonly Head head;

    /// <exception cref="ArgumentException">The bytes are no such event: the objects are of another version.</exception>
    internal TraceEvent(ReadOnlySpan<byte> bytes)
    {
        this.bytes = bytes;
        if (bytes.Length < FramesAt)
        {
            throw new ArgumentException($"a trace event of {bytes.Length} bytes");
        }
        head = ref MemoryMarshal.AsRef<Head>(bytes);
        if (bytes.Length < FramesAt + head.KeptIn + head.KeptOut)
        {
            throw new ArgumentException($"a trace event of {bytes.Length} bytes with frames of {head.KeptIn} and {head.KeptOut}");
        }
    }

    /// <summary>CLOCK_MONOTONIC in nanoseconds, at the program's first instructions.</summary>
    public long BeginNanoseconds => (long)head.Begin;

    /// <summary>CLOCK_MONOTONIC in nanoseconds, before the event was written.</summary>
    public long EndNanoseconds => (long)head.End;

    /// <summary>The interface the frame came in by; for an agent, its endpoint's.</summary>
    public int IngressInterface => (int)head.Ingress;

    /// <summary>Bytes of the whole frame as it came.</summary>
    public int LengthIn => (int)head.LengthIn;

    /// <summary>Bytes of the whole frame as it left.</summary>
    public int LengthOut => (int)head.LengthOut;

    /// <summary>The frame as it came: its first 4096 bytes, which is all a program in one piece can get.</summary>
    public ReadOnlySpan<byte> FrameIn => bytes.Slice(FramesAt, head.KeptIn);

    /// <summary>The frame as the program left it, also when dropped: its first 4096 bytes, which is all a program in one piece can get.</summary>
    public ReadOnlySpan<byte> FrameOut => bytes.Slice(FramesAt + head.KeptIn, head.KeptOut);

    /// <summary>Program, verdict, reason, target.</summary>
    public ref readonly RunResult Result => ref head.Result;

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public ulong Begin;
        public ulong End;
        public uint Ingress;
        public uint LengthIn;
        public uint LengthOut;
        public ushort KeptIn;
        public ushort KeptOut;
        public RunResult Result;
    }
}
