using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MizarLab.Packets;

/// <summary>
/// A frame in flight: a window of header bytes held in the struct itself, and the payload behind it, which nobody
/// changes and which is therefore shared, not copied. Every header a program may read or write lies in the window, also
/// when the Geneve option length lies (8 + 4·63 bytes after UDP, then 54 of the inner frame); whole bytes are made on demand.
/// </summary>
/// <remarks>
/// A frame that enters as an endpoint sends it leaves <see cref="Headroom"/> bytes for one encapsulation. Pass frames by
/// reference: the struct is some 550 bytes.
/// </remarks>
public struct Frame
{
    /// <summary>Bytes in front of a new frame: enough for one encapsulation (114 bytes, spec §2).</summary>
    public const int Headroom = 128;

    /// <summary>Header bytes of a new frame that lie in the window: 14 + 20 + 8 + 8 + 252 + 14 + 60 + 20 = 396, rounded up.</summary>
    public const int Window = 400;

    private HeadBytes head;
    private int start;
    private int headLength;

    /// <summary>The bytes behind the window; never changed.</summary>
    public ReadOnlyMemory<byte> Tail { get; private set; }

    /// <summary>Length of the whole frame in bytes, without frame check sequence.</summary>
    public readonly int Length => headLength + Tail.Length;

    /// <summary>The window: the first bytes of the frame. Writable; its length never exceeds <see cref="Length"/>.</summary>
    [UnscopedRef]
    public Span<byte> Head => ((Span<byte>)head).Slice(start, headLength);

    /// <summary>The window, read only.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> HeadView => ((ReadOnlySpan<byte>)head).Slice(start, headLength);

    /// <summary>Makes a frame of these bytes. The part behind the window is copied; <see cref="FromMemory"/> shares it.</summary>
    public static Frame FromBytes(ReadOnlySpan<byte> bytes)
    {
        Frame frame = default;
        frame.Load(bytes, bytes.Length > Window ? bytes[Window..].ToArray() : default);
        return frame;
    }

    /// <summary>Makes a frame whose part behind the window is a slice of <paramref name="bytes"/>, which must not change afterwards.</summary>
    public static Frame FromMemory(ReadOnlyMemory<byte> bytes)
    {
        Frame frame = default;
        frame.Load(bytes.Span, bytes.Length > Window ? bytes[Window..] : default);
        return frame;
    }

    /// <summary>Grows the frame by <paramref name="count"/> zero bytes in front; false when the headroom is too small.</summary>
    public bool Push(int count)
    {
        if (count > start)
        {
            return false;
        }
        start -= count;
        headLength += count;
        Head[..count].Clear();
        return true;
    }

    /// <summary>Removes <paramref name="count"/> bytes in front; false when the window holds fewer.</summary>
    public bool Pull(int count)
    {
        if (count > headLength)
        {
            return false;
        }
        start += count;
        headLength -= count;
        return true;
    }

    /// <summary>Cuts the frame behind <paramref name="length"/> bytes, or lengthens it with zeros to as many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window does not hold as many.</exception>
    public void SetLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Headroom + Window - start), nameof(length));
        Span<byte> window = ((Span<byte>)head).Slice(start, length);
        if (length > headLength)
        {
            window[headLength..].Clear();
        }
        headLength = length;
        Tail = default;
    }

    /// <summary>Copies the whole frame; <paramref name="destination"/> must hold <see cref="Length"/> bytes.</summary>
    public readonly void CopyTo(Span<byte> destination)
    {
        HeadView.CopyTo(destination);
        Tail.Span.CopyTo(destination[headLength..]);
    }

    public readonly byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    internal void Load(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> tail)
    {
        start = Headroom;
        headLength = Math.Min(bytes.Length, Window);
        bytes[..headLength].CopyTo(Head);
        Tail = tail;
    }

    [InlineArray(Headroom + Window)]
    private struct HeadBytes
    {
        private byte first;
    }
}
