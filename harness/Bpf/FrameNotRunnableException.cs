namespace MizarLab.Harness.Bpf;

/// <summary>
/// The kernel takes no such frame in a test run, though a program can meet it on a wire: it is shorter than an Ethernet header, or does not
/// fit one buffer. Nothing ran, and what the program would do is not guessed: the caller skips the case.
/// </summary>
public sealed class FrameNotRunnableException(int length)
    : Exception($"a frame of {length} bytes cannot be test-run; the kernel takes {Shortest} to {Longest}")
{
    /// <summary>An Ethernet header.</summary>
    public const int Shortest = 14;

    /// <summary>A page without 256 bytes of headroom and 320 behind (spec 11; struct skb_shared_info).</summary>
    public const int Longest = 4096 - 256 - 320;
}
