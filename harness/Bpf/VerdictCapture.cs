using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>A frame as a program returned it with a verdict.</summary>
/// <param name="Nanoseconds">CLOCK_MONOTONIC.</param>
/// <param name="IngressInterface">Where the frame had come in.</param>
/// <param name="Length">Of the whole frame.</param>
/// <param name="Bytes">Its first 2 048 bytes.</param>
public sealed record VerdictFrame(Verdict Verdict, long Nanoseconds, int IngressInterface, int Length, byte[] Bytes);

/// <summary>
/// Plugs into a droplet's capture hook (bpf/capture.h): every frame its programs return, a stage's too, is kept with its verdict, until this is disposed of. The droplet runs on
/// meanwhile and afterwards as before.
/// </summary>
/// <example><code>
/// using VerdictCapture capture = new(droplet, [Verdict.Drop, Verdict.Aborted]);   // droplet was loaded with BpfOptions.Capture
/// foreach (VerdictFrame dropped in capture.Take()) { … }
/// </code></example>
public sealed unsafe class VerdictCapture : IDisposable
{
    private const string File = "capture.bpf.o";
    private const int VerdictAt = 20, BytesAt = 24;

    private static readonly string[] Programs = ["capture_aborted", "capture_drop", "capture_pass", "capture_tx", "capture_redirect"];

    private readonly BpfDroplet droplet;
    private readonly BpfObject programs;
    private readonly RingBufferHandle ring;
    private readonly GCHandle self;
    private readonly List<VerdictFrame> taken = [];

    /// <param name="droplet">Must outlive this.</param>
    /// <param name="verdicts">Which ones; null: all.</param>
    /// <exception cref="ArgumentException">The droplet was loaded without the hook.</exception>
    /// <exception cref="HarnessException">The object is missing, or the kernel refused.</exception>
    public VerdictCapture(BpfDroplet droplet, IReadOnlyCollection<Verdict>? verdicts = null)
    {
        if (!droplet.Options.Capture)
        {
            throw new ArgumentException("the droplet's programs were loaded without the capture hook", nameof(droplet));
        }
        this.droplet = droplet;
        programs = BpfObject.Load(File, Programs, droplet.Options);
        self = GCHandle.Alloc(this);
        ring = LibBpf.RingNew(programs.Map("captures").Descriptor, &Sample, GCHandle.ToIntPtr(self), 0);
        if (ring.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            Dispose();
            throw new HarnessException($"the ring buffer of captures cannot be opened: {LibC.ErrorText(error)}");
        }
        foreach (Verdict verdict in verdicts ?? Enum.GetValues<Verdict>())
        {
            Plug(verdict, programs.ProgramOf(Programs[(int)verdict]));
        }
    }

    /// <summary>Frames that found no room in the ring buffer of 1 MB.</summary>
    public long Lost()
    {
        ulong[] values = new ulong[LibBpf.PossibleCpus()];
        programs.Map("capture_lost").TryLookup(stackalloc byte[sizeof(int)] { 0, 0, 0, 0 }, MemoryMarshal.AsBytes(values.AsSpan()));
        return values.Sum(value => (long)value);
    }

    /// <summary>The frames since the last call, in the order they left.</summary>
    public IReadOnlyList<VerdictFrame> Take()
    {
        int result = LibBpf.RingConsume(ring);
        if (result < 0)
        {
            throw new HarnessException($"the ring buffer of captures cannot be read: {LibC.ErrorText(-result)}");
        }
        VerdictFrame[] frames = [.. taken];
        taken.Clear();
        return frames;
    }

    public void Dispose()
    {
        Span<byte> key = stackalloc byte[sizeof(int)];
        foreach (Verdict verdict in Enum.GetValues<Verdict>())
        {
            MemoryMarshal.Write(key, (int)verdict);
            droplet.CaptureHook.Delete(key);
        }
        ring?.Dispose();
        programs.Dispose();
        if (self.IsAllocated)
        {
            self.Free();
        }
    }

    private void Plug(Verdict verdict, int program)
    {
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(key, (int)verdict);
        MemoryMarshal.Write(value, program);
        droplet.CaptureHook.Update(key, value);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sample(nint context, byte* data, nuint length)
    {
        VerdictCapture capture = (VerdictCapture)GCHandle.FromIntPtr(context).Target!;
        ReadOnlySpan<byte> record = new(data, (int)length);
        capture.taken.Add(new VerdictFrame(
            (Verdict)MemoryMarshal.Read<uint>(record[VerdictAt..]),
            MemoryMarshal.Read<long>(record),
            MemoryMarshal.Read<int>(record[8..]),
            MemoryMarshal.Read<int>(record[12..]),
            record.Slice(BytesAt, MemoryMarshal.Read<int>(record[16..])).ToArray()));
        return 0;
    }
}
