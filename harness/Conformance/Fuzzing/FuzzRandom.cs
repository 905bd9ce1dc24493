using MizarLab.Engine;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Choices out of one stream of random numbers. The same seed and name give the same choices on every machine.</summary>
internal sealed class FuzzRandom(ulong seed, string name)
{
    private readonly RandomStream stream = new(seed, name);

    /// <summary>0 to one less than the bound.</summary>
    public int Below(int bound) => (int)stream.NextBelow((uint)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(int part, int whole) => Below(whole) < part;

    public T Of<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public T Of<T>(T[] choices) => choices[Below(choices.Length)];

    public byte Byte() => (byte)(stream.NextUInt32() >> 24);

    public ushort Word() => stream.NextUInt16();

    public uint UInt32() => stream.NextUInt32();

    public ulong UInt64() => stream.NextUInt64();
}
