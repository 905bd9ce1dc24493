using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MizarLab.Packets;

/// <summary>
/// A frame in flight: a window of header bytes held in the struct itself, and the payload behind it, which nobody
/// changes and which is therefore shared, not copied; or which is nothing but a length and a number its bytes follow from
/// (<see cref="VirtualPayload"/>). Every header a program may read or write lies in the window, also when the Geneve option length lies
/// (8 + 4·63 bytes after UDP, then 54 of the inner frame); whole bytes are made on demand.
/// </summary>
/// <remarks>
/// A frame that enters as an endpoint sends it leaves <see cref="Headroom"/> bytes for one encapsulation. Pass frames by
/// reference: the struct is some 560 bytes, of which a tunnelled frame of usual headers uses the first 214, four cache lines when the struct begins one.
/// <see cref="Load"/>, <see cref="LoadVirtual"/> and <see cref="CopyFrom"/> write a frame where it lies, and no more of it than it uses.
/// </remarks>
public struct Frame
{
    /// <summary>Bytes in front of a new frame: enough for one encapsulation (114 bytes, spec §2).</summary>
    public const int Headroom = 128;

    /// <summary>Header bytes of a new frame that lie in the window: 14 + 20 + 8 + 8 + 252 + 14 + 60 + 20 = 396, rounded up.</summary>
    public const int Window = 400;

    private ulong content;
    private int tailLength;
    private short start;
    private short headLength;
    private ReadOnlyMemory<byte> tail;
    private HeadBytes head;

    /// <summary>Length of the whole frame in bytes, without frame check sequence.</summary>
    public readonly int Length => headLength + tailLength;

    /// <summary>The bytes behind the window are not kept anywhere: they are made when asked for.</summary>
    public readonly bool HasVirtualPayload => tailLength > tail.Length;

    /// <summary>The window: the first bytes of the frame. Writable; its length never exceeds <see cref="Length"/>.</summary>
    [UnscopedRef]
    public Span<byte> Head => ((Span<byte>)head).Slice(start, headLength);

    /// <summary>The window, read only.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> HeadView => ((ReadOnlySpan<byte>)head).Slice(start, headLength);

    /// <summary>The frame's first bytes, when the window has so many.</summary>
    [UnscopedRef]
    internal readonly bool TryFront(int bytes, out FrameFront front)
    {
        front = new FrameFront(HeadView);
        return headLength >= bytes;
    }

    /// <summary>Makes a frame of these bytes. The part behind the window is copied; <see cref="FromMemory"/> shares it.</summary>
    public static Frame FromBytes(ReadOnlySpan<byte> bytes)
    {
        Frame frame = default;
        frame.Load(bytes);
        return frame;
    }

    /// <summary>Makes a frame whose part behind the window is a slice of <paramref name="bytes"/>, which must not change afterwards.</summary>
    public static Frame FromMemory(ReadOnlyMemory<byte> bytes)
    {
        Frame frame = default;
        frame.Load(bytes.Span, bytes.Length > Window ? bytes[Window..] : default);
        return frame;
    }

    /// <summary>Makes a frame of these headers and a payload that is not kept (<see cref="LoadVirtual"/>).</summary>
    public static Frame FromVirtual(ReadOnlySpan<byte> headers, int payloadLength, ulong content)
    {
        Frame frame = default;
        frame.LoadVirtual(headers, payloadLength, content);
        return frame;
    }

    /// <summary>Becomes a frame of these bytes, in place.</summary>
    public void Load(ReadOnlySpan<byte> bytes) => Load(bytes, bytes.Length > Window ? bytes[Window..].ToArray() : default);

    /// <summary>
    /// Becomes a frame of these headers and so many bytes that are not kept: those of <see cref="VirtualPayload"/>. A checksum over them is the caller's to
    /// write.
    /// </summary>
    /// <param name="headers">Everything a program may look at: Ethernet, IPv4 with its options, the transport header. At most <see cref="Window"/> bytes.</param>
    /// <param name="payloadLength">Bytes behind them.</param>
    /// <param name="content">Which bytes.</param>
    public void LoadVirtual(ReadOnlySpan<byte> headers, int payloadLength, ulong content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headers.Length, Window, nameof(headers));
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        Load(headers, default);
        tailLength = payloadLength;
        this.content = content;
    }

    /// <summary>Becomes a copy of another, of which only what it uses is copied.</summary>
    public void CopyFrom(in Frame other)
    {
        (content, tailLength, start, headLength) = (other.content, other.tailLength, other.start, other.headLength);
        if (tail.Length != 0 || other.tail.Length != 0)
        {
            tail = other.tail;
        }
        other.HeadView.CopyTo(Head);
    }

    /// <summary>Grows the frame by <paramref name="count"/> zero bytes in front; false when the headroom is too small.</summary>
    public bool Push(int count)
    {
        if (!PushUncleared(count))
        {
            return false;
        }
        Head[..count].Clear();
        return true;
    }

    /// <summary>The same without clearing, for whoever writes every byte of them.</summary>
    internal bool PushUncleared(int count)
    {
        if (count > start)
        {
            return false;
        }
        start -= (short)count;
        headLength += (short)count;
        return true;
    }

    /// <summary>Removes <paramref name="count"/> bytes in front; false when the window holds fewer.</summary>
    public bool Pull(int count)
    {
        if (count > headLength)
        {
            return false;
        }
        start += (short)count;
        headLength -= (short)count;
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
        headLength = (short)length;
        tailLength = 0;
        tail = default;
    }

    /// <summary>Copies the whole frame; <paramref name="destination"/> must hold <see cref="Length"/> bytes.</summary>
    public readonly void CopyTo(Span<byte> destination)
    {
        HeadView.CopyTo(destination);
        if (HasVirtualPayload)
        {
            VirtualPayload.Write(content, destination.Slice(headLength, tailLength));
        }
        else
        {
            tail.Span.CopyTo(destination[headLength..]);
        }
    }

    /// <summary>Whether these are all the bytes behind the window.</summary>
    public readonly bool EndsWith(ReadOnlySpan<byte> bytes) =>
        HasVirtualPayload ? bytes.Length == tailLength && VirtualPayload.Is(content, bytes) : bytes.SequenceEqual(tail.Span);

    public readonly byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    private void Load(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> behind)
    {
        start = Headroom;
        headLength = (short)Math.Min(bytes.Length, Window);
        bytes[..headLength].CopyTo(Head);
        tailLength = behind.Length;
        if (tail.Length != 0 || behind.Length != 0)
        {
            tail = behind;
        }
    }

    [InlineArray(Headroom + Window)]
    private struct HeadBytes
    {
        private byte first;
    }
}
