using System.Collections.Immutable;
using System.Text;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>
/// What a datagram or a TCP block carries. By size alone it is the pattern: byte i is i modulo 251, a prime, so that no
/// boundary of a power of two repeats it and a shifted or repeated piece shows.
/// </summary>
internal static class Payloads
{
    /// <summary>What spec §6.1 sends.</summary>
    public const int DefaultBytes = 100;

    private const int PatternPeriod = 251;

    private static readonly Key<int> Size = Key.May("size", new SizeShape(0, Limits.LargestBlock), "So many bytes of the pattern (byte i is i modulo 251).");
    private static readonly Key<string> Text = Key.May("text", new TextShape(Limits.LargestBlock), "This text in UTF-8.");
    private static readonly Key<byte[]> Hex = Key.May("hex", new HexShape(0, Limits.LargestBlock), "These bytes.");

    public static readonly RecordShape Shape = new("payload", "Data: a size, or what exactly.", Size, Text, Hex) { Shorthand = Size, OneOf = [Size, Text, Hex] };

    /// <summary>The bytes a payload record means.</summary>
    public static ImmutableArray<byte> Of(Fields fields, Func<int, ImmutableArray<byte>> pattern) =>
        fields.Given(Text) ? [.. Encoding.UTF8.GetBytes(fields.Get(Text))]
        : fields.Given(Hex) ? [.. fields.Get(Hex)]
        : pattern(fields.Get(Size));

    public static ImmutableArray<byte> Pattern(int size)
    {
        ImmutableArray<byte>.Builder bytes = ImmutableArray.CreateBuilder<byte>(size);
        for (int i = 0; i < size; i++)
        {
            bytes.Add((byte)(i % PatternPeriod));
        }
        return bytes.MoveToImmutable();
    }
}
