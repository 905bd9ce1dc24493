using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf;

/// <summary>struct run_result of bpf/trace.h: how one run of a program ended. Words of addresses are as a little-endian machine reads them off the wire.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public readonly struct RunResult
{
    [FieldOffset(0)]
    private readonly byte program;

    [FieldOffset(1)]
    private readonly byte verdict;

    [FieldOffset(2)]
    private readonly byte reason;

    [FieldOffset(3)]
    private readonly byte devmap;

    [FieldOffset(4)]
    private readonly int slot;

    [FieldOffset(8)]
    private readonly ulong learnedVni;

    [FieldOffset(16)]
    private readonly uint learnedIp;

    [FieldOffset(20)]
    private readonly uint learnedHostIp;

    [FieldOffset(24)]
    private readonly uint learnedHostMacHead;

    [FieldOffset(28)]
    private readonly ushort learnedHostMacRest;

    [FieldOffset(30)]
    private readonly byte learned;

    /// <summary>The program the frame came in by; a tail-called transit ends its agent's run.</summary>
    public ProgramId Program => (ProgramId)program;

    public ProgramResult Result => new((Verdict)verdict, (Reason)reason, (Devmap)devmap, slot);

    /// <summary>Whether the run wrote the direct-path cache: a new row, or one with other contents.</summary>
    public bool Learned => learned != 0;

    /// <summary>The row it wrote, when <see cref="Learned"/>.</summary>
    public KeyValuePair<EndpointKey, CachedHost> LearnedRow =>
        new(new EndpointKey(new Vni(learnedVni), FromWireWord(learnedIp)), new HostAddress(FromWireWord(learnedHostIp), LearnedHostMac));

    private MacAddress LearnedHostMac =>
        new((ulong)BinaryPrimitives.ReverseEndianness(learnedHostMacHead) << 16 | BinaryPrimitives.ReverseEndianness(learnedHostMacRest));

    private static Ipv4Address FromWireWord(uint word) => new(new Ipv4Address(word).WireWord);
}
