using System.Numerics;

namespace MizarLab.Measure;

/// <summary>
/// A running 128-bit digest of what happened at one node, in its order: two multiplications a word. Digests of nodes are joined in the order of the nodes
/// (<see cref="Engine.StableHash"/>), so the whole does not depend on how nodes took turns.
/// </summary>
public struct NodeDigest
{
    private ulong low;
    private ulong high;

    public readonly UInt128 Value => new(high, low);

    public void Add(long value)
    {
        low = (low ^ (ulong)value) * 0x9e37_79b9_7f4a_7c15;
        high = (BitOperations.RotateLeft(high, 31) + low) * 0xbf58_476d_1ce4_e5b9;
        low ^= low >> 29;
    }
}
