using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MizarLab.DataPlane;

/// <summary>Asks for memory before it is needed. Changes nothing but what the processor keeps near; nothing at all where it cannot be asked.</summary>
internal static class Ahead
{
    private const int LineBytes = 64;

    /// <summary>Asks for the line a place lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Of<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }

    /// <summary>Asks for the lines from where a place begins to so many bytes behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Of<T>(ref readonly T place, int bytes)
    {
        if (Sse.IsSupported)
        {
            byte* start = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in place));
            for (int at = 0; at < bytes; at += LineBytes)
            {
                Sse.Prefetch0(start + at);
            }
        }
    }

    /// <summary>Asks for the first lines of an object. Its address is taken without a look at it: a look, and be it for null, would wait for the very memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void OfObject(object? thing, int bytes)
    {
        if (Sse.IsSupported)
        {
            // It may be moved meanwhile; then the wrong lines come.
            byte* start = (byte*)Unsafe.As<object?, nint>(ref thing);
            for (int at = 0; at < bytes; at += LineBytes)
            {
                Sse.Prefetch0(start + at);
            }
        }
    }
}
