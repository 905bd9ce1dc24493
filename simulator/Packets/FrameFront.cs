using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.Packets;

/// <summary>
/// Bytes from a place in a frame on, so many of which are known to be there that nobody asks again: for code that reads and writes a whole header at fixed offsets.
/// Numbers are in network order.
/// </summary>
/// <remarks>Whoever makes one has looked at the length; offsets are constants below it.</remarks>
internal readonly ref struct FrameFront
{
    private readonly ref byte first;

    public FrameFront(ReadOnlySpan<byte> bytes) => first = ref MemoryMarshal.GetReference(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte(int at) => Unsafe.Add(ref first, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort Half(int at) => Ordered(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, at)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Word(int at) => Ordered(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, at)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Long(int at) => Ordered(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetHalf(int at, ushort value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), Ordered(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetWord(int at, uint value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), Ordered(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetLong(int at, ulong value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), Ordered(value));

    private static ushort Ordered(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint Ordered(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static ulong Ordered(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
