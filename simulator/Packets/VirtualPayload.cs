using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>
/// Payload that is a length and a number until somebody wants its bytes: word n (eight bytes, the least significant first) is SplitMix64's n-th of that seed.
/// </summary>
public static class VirtualPayload
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Writes the first <paramref name="destination"/>.Length bytes of this content.</summary>
    public static void Write(ulong content, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        for (ulong n = 1; !destination.IsEmpty; n++)
        {
            int bytes = Math.Min(WordBytes, destination.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(word, WordOf(content, n));
            word[..bytes].CopyTo(destination);
            destination = destination[bytes..];
        }
    }

    /// <summary>Whether these are the first bytes of this content.</summary>
    public static bool Is(ulong content, ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        for (ulong n = 1; !bytes.IsEmpty; n++)
        {
            int compared = Math.Min(WordBytes, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(word, WordOf(content, n));
            if (!bytes[..compared].SequenceEqual(word[..compared]))
            {
                return false;
            }
            bytes = bytes[compared..];
        }
        return true;
    }

    /// <param name="n">From 1.</param>
    private static ulong WordOf(ulong content, ulong n)
    {
        ulong mixed = content + (n * 0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
