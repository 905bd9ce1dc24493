using System.Runtime.CompilerServices;

namespace MizarLab.Engine;

/// <summary>
/// An array that begins at a line of the cache and stays where it is. Elements of a line each are one memory access then; in an array of the runtime's nearly all of them lie across two.
/// </summary>
internal sealed class LineArray<T>
    where T : unmanaged
{
    private const int LineBytes = 64;

    private readonly T[] elements;
    private readonly int length;

    /// <param name="length">How many elements; their size divides a line, or is a multiple of it.</param>
    public unsafe LineArray(int length)
    {
        this.length = length;
        elements = GC.AllocateArray<T>(length + ((LineBytes + sizeof(T) - 1) / sizeof(T)), pinned: true);
        nint first = (nint)Unsafe.AsPointer(ref elements[0]);
        First = (first + LineBytes - 1) & -(nint)LineBytes;
    }

    /// <summary>Address of the first element, for those who check themselves what they ask for; good while this object is there.</summary>
    public nint First { get; }

    public int Length => length;

    /// <exception cref="IndexOutOfRangeException">No such element.</exception>
    public unsafe ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)length)
            {
                Throw();
            }
            return ref ((T*)First)[index];
        }
    }

    private static void Throw() => throw new IndexOutOfRangeException();
}
