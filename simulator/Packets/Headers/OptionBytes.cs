using System.Runtime.CompilerServices;

namespace MizarLab.Packets;

/// <summary>
/// The options of an IPv4 or TCP header: up to 40 bytes held in the value itself, so that a header stays a value (equality is of
/// the bytes, nothing allocates).
/// </summary>
public readonly struct OptionBytes : IEquatable<OptionBytes>
{
    /// <summary>Bytes that fit behind a 20-byte header whose length field has four bits: 15·4 − 20.</summary>
    public const int MaximumLength = 40;

    private readonly Buffer buffer;

    /// <param name="bytes">At most 40 bytes; shorter than a multiple of four is filled with zeros (end of options).</param>
    /// <exception cref="ArgumentException">More than 40 bytes.</exception>
    public OptionBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaximumLength)
        {
            throw new ArgumentException($"options of {bytes.Length} bytes do not fit the {MaximumLength} a header has room for", nameof(bytes));
        }
        bytes.CopyTo(buffer);
        Length = (bytes.Length + 3) & ~3;
    }

    /// <summary>Bytes on the wire, a multiple of four.</summary>
    public int Length { get; }

    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)buffer)[..Length].CopyTo(destination);

    public bool Equals(OptionBytes other) =>
        Length == other.Length && ((ReadOnlySpan<byte>)buffer).SequenceEqual(other.buffer);

    public override bool Equals(object? obj) => obj is OptionBytes other && Equals(other);

    public override int GetHashCode()
    {
        // Not HashCode, whose seed differs from process to process.
        int hash = Length;
        foreach (byte octet in ((ReadOnlySpan<byte>)buffer)[..Length])
        {
            hash = unchecked((hash * 31) + octet);
        }
        return hash;
    }

    public override string ToString() => Convert.ToHexStringLower(((ReadOnlySpan<byte>)buffer)[..Length]);

    public static bool operator ==(OptionBytes left, OptionBytes right) => left.Equals(right);

    public static bool operator !=(OptionBytes left, OptionBytes right) => !left.Equals(right);

    [InlineArray(MaximumLength)]
    private struct Buffer
    {
        private byte first;
    }
}
