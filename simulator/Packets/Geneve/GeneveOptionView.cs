using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>One Geneve option read in place (RFC 8926 §3.5): class, type, length in words, data.</summary>
public readonly ref struct GeneveOptionView
{
    public const int ClassOffset = 0;
    public const int TypeOffset = 2;
    public const int LengthOffset = 3;
    public const int HeaderLength = 4;

    /// <summary>The type bit that says a receiver who does not know the option must drop the packet.</summary>
    public const byte CriticalBit = 0x80;

    private readonly ReadOnlySpan<byte> bytes;

    private GeneveOptionView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when the option's header or its data, as long as it says, is not wholly there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out GeneveOptionView view)
    {
        bool fits = bytes.Length >= HeaderLength && bytes.Length >= HeaderLength + ((bytes[LengthOffset] & 31) * 4);
        view = fits ? new GeneveOptionView(bytes) : default;
        return fits;
    }

    public ushort Class => BinaryPrimitives.ReadUInt16BigEndian(bytes[ClassOffset..]);

    /// <summary>The type, its critical bit included.</summary>
    public byte Type => bytes[TypeOffset];

    public bool IsCritical => (Type & CriticalBit) != 0;

    /// <summary>The three reserved bits in front of the length.</summary>
    public byte ReservedBits => (byte)(bytes[LengthOffset] >> 5);

    /// <summary>Length of the data in words of four bytes: 0 to 31.</summary>
    public byte Words => (byte)(bytes[LengthOffset] & 31);

    /// <summary>Header and data in bytes: 4 to 128.</summary>
    public int Length => HeaderLength + (Words * 4);

    public ReadOnlySpan<byte> Data => bytes[HeaderLength..Length];
}

/// <summary>
/// Walks Geneve options as RFC 8926 has it. Works in <c>foreach</c>; ends at the first option that runs over the end, and
/// <see cref="IsBroken"/> then says so.
/// </summary>
public ref struct GeneveOptionWalk
{
    private ReadOnlySpan<byte> rest;
    private int step;

    internal GeneveOptionWalk(ReadOnlySpan<byte> options) => rest = options;

    public GeneveOptionView Current { get; private set; }

    /// <summary>After the walk: bytes were left that are no whole option.</summary>
    public bool IsBroken { get; private set; }

    public readonly GeneveOptionWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        rest = rest[step..];
        if (!GeneveOptionView.TryRead(rest, out GeneveOptionView option))
        {
            IsBroken = rest.Length != 0;
            step = 0;
            return false;
        }
        Current = option;
        step = option.Length;
        return true;
    }
}
