using System.Buffers.Binary;
using System.Numerics;

namespace MizarLab.Observation.Linking;

/// <summary>
/// Gives every distinct frame content a dense number, so that linking compares numbers. The hash only finds candidates; bytes
/// decide. Numbers follow the order of first appearance, so they are the same in every process.
/// </summary>
internal sealed class FrameIndex
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    private const int None = -1;

    private readonly Dictionary<ulong, int> firstWithHash = [];
    private readonly List<byte[]> frames = [];
    private readonly List<int> nextWithHash = [];

    public int NumberOf(byte[] frame)
    {
        ulong hash = Hash(frame);
        if (!firstWithHash.TryGetValue(hash, out int first))
        {
            firstWithHash.Add(hash, Add(frame, None));
            return frames.Count - 1;
        }
        for (int i = first; i != None; i = nextWithHash[i])
        {
            if (ReferenceEquals(frames[i], frame) || frames[i].AsSpan().SequenceEqual(frame))
            {
                return i;
            }
        }
        firstWithHash[hash] = Add(frame, first);
        return frames.Count - 1;
    }

    private int Add(byte[] frame, int next)
    {
        frames.Add(frame);
        nextWithHash.Add(next);
        return frames.Count - 1;
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Multiplier;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        ulong last = 0;
        foreach (byte b in bytes)
        {
            last = last << 8 | b;
        }
        hash = Mix(hash, last);
        return hash ^ hash >> 29;
    }

    private static ulong Mix(ulong hash, ulong word) => (BitOperations.RotateLeft(hash, 23) ^ word) * Multiplier;
}
