using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bench;

/// <summary>One timed series: nanoseconds an iteration by the kernel's own clock, and what the last iteration left.</summary>
internal readonly record struct BenchSeries(double Nanoseconds, Verdict Verdict, byte[] Input, byte[] Output);

/// <summary>The harness program of bpf/bench.bpf.c, loaded beside a droplet's programs and sharing its maps. For the thread it was made on.</summary>
internal sealed unsafe class BenchKernel : IDisposable
{
    private const int RotationAt = 4, StrideAt = 8, FirstAt = 12, AddressAtAt = 20, ChecksumAtAt = 24, ForgetAt = 28, KeyAt = 32, FrameAt = 56;
    private const int FrameMost = 2048, JobBytes = FrameAt + FrameMost;
    private const int OutputBytes = FrameMost + 256;
    private const int Deletions = 64;

    /// <summary>Inner destination and header checksum behind 114 bytes and Ethernet.</summary>
    private const int InnerIpAt = 114 + 14;

    private readonly BpfObject harness;
    private readonly byte* buffer = (byte*)NativeMemory.Alloc(OutputBytes);

    public BenchKernel(BpfDroplet droplet)
    {
        harness = BpfObject.Load("bench.bpf.o", ["bench_harness", "bench_floor", "bench_lookup", "bench_deletion"], droplet.Options, droplet.Shared);
        Floor = harness.ProgramOf("bench_floor");
        Lookup = harness.ProgramOf("bench_lookup");
    }

    /// <summary>The program that only answers.</summary>
    public int Floor { get; }

    /// <summary>The program that looks up the frame's inner destination in <see cref="FillLookups"/>'s rows.</summary>
    public int Lookup { get; }

    /// <summary>Sets the frame, what it rotates over and what is deleted before each iteration.</summary>
    public void SetJob(ReadOnlySpan<byte> frame, int rotation, BenchForget? forget)
    {
        if (frame.Length > FrameMost)
        {
            throw new ArgumentException($"a frame of {frame.Length} bytes; the bench takes {FrameMost}", nameof(frame));
        }
        Span<byte> job = stackalloc byte[JobBytes];
        job.Clear();
        MemoryMarshal.Write(job, frame.Length);
        if (rotation > 0)
        {
            MemoryMarshal.Write(job[RotationAt..], rotation);
            MemoryMarshal.Write(job[StrideAt..], StrideOf(rotation));
            MemoryMarshal.Write(job[FirstAt..], BenchWorld.FirstRotated.Value);
            MemoryMarshal.Write(job[AddressAtAt..], InnerIpAt + 16);
            MemoryMarshal.Write(job[ChecksumAtAt..], InnerIpAt + 10);
        }
        if (forget is not null)
        {
            MemoryMarshal.Write(job[ForgetAt..], forget.Table + 1);
            forget.Key.CopyTo(job[KeyAt..]);
        }
        frame.CopyTo(job[FrameAt..]);
        Span<byte> zero = stackalloc byte[sizeof(int)];
        zero.Clear();
        harness.Map("bench_job").Update(zero, job);
    }

    /// <summary>Runs the harness so many times in front of a program.</summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public BenchSeries Run(int program, int ifindex, int iterations)
    {
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        key.Clear();
        MemoryMarshal.Write(value, program);
        harness.Map("bench_target").Update(key, value);
        Span<byte> job = stackalloc byte[JobBytes];
        harness.Map("bench_job").TryLookup(key, job);
        int length = MemoryMarshal.Read<int>(job);
        TestRunOptions options = Execute(harness.ProgramOf("bench_harness"), job.Slice(FrameAt, length), ifindex, iterations);
        harness.Map("bench_job").TryLookup(key, job);
        return new BenchSeries(
            options.DurationNanoseconds,
            (Verdict)options.Result,
            job.Slice(FrameAt, length).ToArray(),
            new ReadOnlySpan<byte>(buffer, (int)options.DataOutLength).ToArray());
    }

    /// <summary>Rows for <see cref="Lookup"/>: as many endpoints as are rotated over.</summary>
    public void FillLookups(int endpoints)
    {
        BpfMap map = harness.Map("bench_lookups");
        Span<byte> key = stackalloc byte[12], value = stackalloc byte[16];
        MemoryMarshal.Write(key, BenchWorld.Vpc.Value);
        value.Fill(1);
        for (int i = 0; i < endpoints; i++)
        {
            new Packets.Ipv4Address(BenchWorld.FirstRotated.Value + (uint)i).Write(key[8..]);
            map.Update(key, value);
        }
    }

    /// <summary>What one deletion of a learned row takes, in ns.</summary>
    public double TimeDeletion(BenchForget forget)
    {
        const int rounds = 2_000;
        SetJob(new byte[64], 0, forget);
        int program = harness.ProgramOf("bench_deletion");
        Span<byte> key = stackalloc byte[sizeof(int)], told = stackalloc byte[sizeof(ulong)];
        key.Clear();
        double[] all = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            TestRunOptions options = Execute(program, new byte[64], 0, 1);
            if ((Verdict)options.Result != Verdict.Tx)
            {
                throw new HarnessException($"the bench cannot delete from table {forget.Table}");
            }
            harness.Map("bench_told").TryLookup(key, told);
            all[i] = (double)MemoryMarshal.Read<ulong>(told) / Deletions;
        }
        return BenchStatistics.Of(all).Value;
    }

    public void Dispose()
    {
        NativeMemory.Free(buffer);
        harness.Dispose();
    }

    private TestRunOptions Execute(int program, ReadOnlySpan<byte> frame, int ifindex, int iterations)
    {
        XdpContext context = new() { DataEnd = (uint)frame.Length, IngressInterface = (uint)ifindex };
        fixed (byte* input = frame)
        {
            TestRunOptions options = new()
            {
                Size = (nuint)sizeof(TestRunOptions),
                DataIn = input,
                DataInLength = (uint)frame.Length,
                DataOut = buffer,
                DataOutLength = OutputBytes,
                ContextIn = &context,
                ContextInLength = (uint)sizeof(XdpContext),
                Repeat = iterations,
            };
            int result = LibBpf.TestRun(program, &options);
            return result < 0 ? throw new HarnessException($"the kernel refused a test run of {frame.Length} bytes: {LibC.ErrorText(-result)}") : options;
        }
    }

    /// <summary>Some 0.618 of the way round, and prime to it: an order no prefetcher guesses, which comes by everybody.</summary>
    private static int StrideOf(int endpoints)
    {
        int stride = (int)(endpoints * 0.618);
        while (stride > 1 && (int)System.Numerics.BigInteger.GreatestCommonDivisor(stride, endpoints) != 1)
        {
            stride--;
        }
        return Math.Max(stride, endpoints > 1 ? 1 : 0);
    }
}
