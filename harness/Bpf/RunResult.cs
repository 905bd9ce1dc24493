using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Bpf;

/// <summary>struct run_result of bpf/trace.h: how one run of a program ended, and which rows it wrote.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16 + (MostChanges * RunChange.Bytes))]
public readonly struct RunResult
{
    /// <summary>RUN_CHANGES_MAX.</summary>
    internal const int MostChanges = 16;

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
    private readonly uint changed;

    [FieldOffset(12)]
    private readonly uint lookups;

    [FieldOffset(16)]
    private readonly AllChanges changes;

    /// <summary>The program the frame came in by; a tail-called transit ends its agent's run.</summary>
    public ProgramId Program => (ProgramId)program;

    public ProgramResult Result => new((Verdict)verdict, (Reason)reason, (Devmap)devmap, slot);

    /// <summary>Lookups it made in hashes and prefix tables; 0 when results are not recorded (bpf/count.h).</summary>
    public int Lookups => (int)lookups;

    /// <summary>Rows it wrote with other contents than they had, or removed, in that order.</summary>
    /// <exception cref="HarnessException">More than it had room to tell.</exception>
    [UnscopedRef]
    internal ReadOnlySpan<RunChange> Changes => changed <= MostChanges
        ? ((ReadOnlySpan<RunChange>)changes)[..(int)changed]
        : throw new HarnessException($"a run changed {changed} rows, and there is room for {MostChanges} to tell");

    [InlineArray(MostChanges)]
    private struct AllChanges
    {
        private RunChange first;
    }
}

/// <summary>struct change of bpf/trace.h: a row as a run left it, key and value as they are in the map.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal readonly struct RunChange
{
    public const int Bytes = ValueAt + MostValue;

    private const int KeyAt = 4, MostKey = 24, ValueAt = KeyAt + MostKey, MostValue = 36;

    [FieldOffset(0)]
    private readonly byte table;

    [FieldOffset(1)]
    private readonly byte removed;

    [FieldOffset(KeyAt)]
    private readonly KeyBytes key;

    [FieldOffset(ValueAt)]
    private readonly ValueBytes value;

    public Codecs.LearnedTable Table => (Codecs.LearnedTable)table;

    public bool Removed => removed != 0;

    [UnscopedRef]
    public ReadOnlySpan<byte> Key => key;

    [UnscopedRef]
    public ReadOnlySpan<byte> Value => value;

    [InlineArray(MostKey)]
    private struct KeyBytes
    {
        private byte first;
    }

    [InlineArray(MostValue)]
    private struct ValueBytes
    {
        private byte first;
    }
}
