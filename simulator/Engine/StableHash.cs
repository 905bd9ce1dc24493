using System.Buffers.Binary;
using System.Numerics;

namespace MizarLab.Engine;

/// <summary>
/// MurmurHash3's 128-bit form for 64-bit machines (Austin Appleby, public domain), fed piece by piece. The same on every machine and
/// in every process, unlike <see cref="object.GetHashCode"/>. Not for adversaries.
/// </summary>
public struct StableHash
{
    private const ulong C1 = 0x87c3_7b91_1142_53d5;
    private const ulong C2 = 0x4cf5_ad43_2745_937f;
    private const int Block = 16;

    private ulong h1;
    private ulong h2;
    private ulong low;
    private ulong high;
    private ulong length;

    public StableHash(ulong seed)
    {
        h1 = seed;
        h2 = seed;
    }

    /// <summary>The hash of a text's UTF-16 code units, low byte first.</summary>
    public static UInt128 Of(ReadOnlySpan<char> text)
    {
        StableHash hash = default;
        hash.Add(text);
        return hash.Finish();
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && length % Block != 0)
        {
            AddByte(bytes[0]);
            bytes = bytes[1..];
        }
        while (bytes.Length >= Block)
        {
            length += Block;
            Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            bytes = bytes[Block..];
        }
        foreach (byte one in bytes)
        {
            AddByte(one);
        }
    }

    public void Add(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Add(bytes);
    }

    /// <summary>The low half first.</summary>
    public void Add(UInt128 value)
    {
        Add((long)(ulong)value);
        Add((long)(ulong)(value >> 64));
    }

    public void Add(ReadOnlySpan<char> text)
    {
        foreach (char unit in text)
        {
            AddByte((byte)unit);
            AddByte((byte)(unit >> 8));
        }
    }

    /// <summary>The hash of everything added so far; more may be added afterwards.</summary>
    public readonly UInt128 Finish()
    {
        ulong a = h1;
        ulong b = h2;
        if (length % Block > 8)
        {
            b ^= BitOperations.RotateLeft(high * C2, 33) * C1;
        }
        if (length % Block > 0)
        {
            a ^= BitOperations.RotateLeft(low * C1, 31) * C2;
        }
        a ^= length;
        b ^= length;
        a += b;
        b += a;
        a = Avalanche(a);
        b = Avalanche(b);
        a += b;
        b += a;
        return new UInt128(a, b);
    }

    private void AddByte(byte value)
    {
        int place = (int)(length++ % Block);
        if (place < 8)
        {
            low |= (ulong)value << (8 * place);
            return;
        }
        high |= (ulong)value << (8 * (place - 8));
        if (place == Block - 1)
        {
            Mix(low, high);
            low = 0;
            high = 0;
        }
    }

    private void Mix(ulong k1, ulong k2)
    {
        h1 ^= BitOperations.RotateLeft(k1 * C1, 31) * C2;
        h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52dc_e729;
        h2 ^= BitOperations.RotateLeft(k2 * C2, 33) * C1;
        h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x3849_5ab5;
    }

    private static ulong Avalanche(ulong value)
    {
        value = (value ^ value >> 33) * 0xff51_afd7_ed55_8ccd;
        value = (value ^ value >> 33) * 0xc4ce_b9fe_1a85_ec53;
        return value ^ value >> 33;
    }
}
