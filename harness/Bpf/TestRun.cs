using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// BPF_PROG_TEST_RUN of one frame, with buffers made once. A program loaded here sees the frame, its ingress interface and the tables, as it
/// would behind a wire; a redirect is decided and not carried out. Not for several threads at once.
/// </summary>
internal sealed unsafe class TestRun : IDisposable
{
    /// <summary>What a program may put in front: the kernel gives 256 bytes of headroom.</summary>
    private const int Growth = 256;

    private readonly byte* input = (byte*)NativeMemory.Alloc(FrameNotRunnableException.Longest);
    private readonly byte* output = (byte*)NativeMemory.Alloc(OutputBytes);

    private const int OutputBytes = FrameNotRunnableException.Longest + Growth;

    /// <summary>Runs a program once and puts the frame it left in place of the one it got.</summary>
    /// <param name="ifindex">The ingress interface, in the calling thread's namespace; 0: none.</param>
    /// <returns>The program's answer.</returns>
    /// <exception cref="FrameNotRunnableException">The kernel takes no frame of this length.</exception>
    public Verdict Run(int program, int ifindex, ref Frame frame)
    {
        XdpContext context = new() { DataEnd = (uint)frame.Length, IngressInterface = (uint)ifindex };
        TestRunOptions options = Offer(frame, &context, sizeof(XdpContext));
        Call(program, &options);
        Store(new ReadOnlySpan<byte>(output, (int)options.DataOutLength), ref frame);
        return (Verdict)options.Result;
    }

    /// <summary>Runs a tc program once; the frame stays as it is.</summary>
    /// <param name="departure">CLOCK_MONOTONIC in nanoseconds before and after; 0: none.</param>
    /// <returns>TC_ACT_*.</returns>
    /// <exception cref="FrameNotRunnableException">The kernel takes no frame of this length.</exception>
    public int RunEgress(int program, in Frame frame, ref ulong departure)
    {
        SkbContext context = new() { Timestamp = departure, WireLength = (uint)frame.Length }, left = default;
        TestRunOptions options = Offer(frame, &context, sizeof(SkbContext));
        options.ContextOut = &left;
        options.ContextOutLength = (uint)sizeof(SkbContext);
        Call(program, &options);
        departure = left.Timestamp;
        return (int)options.Result;
    }

    public void Dispose()
    {
        NativeMemory.Free(input);
        NativeMemory.Free(output);
    }

    /// <summary>One run of a frame, with what a program learns of it beside its bytes.</summary>
    private TestRunOptions Offer(in Frame frame, void* context, int contextBytes)
    {
        int length = frame.Length;
        if (length is < FrameNotRunnableException.Shortest or > FrameNotRunnableException.Longest)
        {
            throw new FrameNotRunnableException(length);
        }
        frame.CopyTo(new Span<byte>(input, length));
        return new TestRunOptions
        {
            Size = (nuint)sizeof(TestRunOptions),
            DataIn = input,
            DataInLength = (uint)length,
            DataOut = output,
            DataOutLength = OutputBytes,
            ContextIn = context,
            ContextInLength = (uint)contextBytes,
            Repeat = 1,
        };
    }

    private static void Call(int program, TestRunOptions* options)
    {
        int result = LibBpf.TestRun(program, options);
        if (result < 0)
        {
            throw new HarnessException($"the kernel refused a test run of {options->DataInLength} bytes: {LibC.ErrorText(-result)}");
        }
    }

    /// <summary>Moves the frame's start as the program did and keeps its tail, so that a hop copies headers only and allocates nothing.</summary>
    private static void Store(ReadOnlySpan<byte> bytes, ref Frame frame)
    {
        int grown = bytes.Length - frame.Length;
        bool moved = grown >= 0 ? frame.Push(grown) : frame.Pull(-grown);
        int head = frame.HeadView.Length;
        if (!moved || !frame.EndsWith(bytes[head..]))
        {
            // More than one encapsulation, or a program that writes behind the headers: a frame of its own.
            frame = Frame.FromBytes(bytes);
            return;
        }
        bytes[..head].CopyTo(frame.Head);
    }
}
