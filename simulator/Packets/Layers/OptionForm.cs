namespace MizarLab.Packets.Layers;

/// <summary>One thing in the part of variable length of a header: its name and value in text, and where it lies in that part.</summary>
internal readonly record struct OptionItem(string Name, string Value, int Offset, int Length);

/// <summary>How the part of variable length behind a header's fixed fields is written in text, and read back to the same bytes.</summary>
internal abstract class OptionForm
{
    /// <summary>The key in the text form.</summary>
    public abstract string Name { get; }

    /// <summary>The things in <paramref name="bytes"/>, end to end, covering every byte.</summary>
    public abstract IEnumerable<OptionItem> Read(byte[] bytes);

    /// <summary>The value in the text form.</summary>
    public abstract string Format(byte[] bytes);

    /// <summary>The bytes of a value in the text form.</summary>
    /// <exception cref="OptionTextException">Says what is wrong with the text.</exception>
    public abstract byte[] Parse(string text);

    /// <exception cref="OptionTextException">Not an even number of hexadecimal digits.</exception>
    protected static byte[] ParseHex(string digits, int offset)
    {
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new OptionTextException($"'{digits}' is not an even number of hexadecimal digits", offset);
        }
    }
}

/// <summary>Options in text that do not parse; <paramref name="offset"/> is in characters from the start of the value.</summary>
internal sealed class OptionTextException(string problem, int offset, string? suggestion = null) : FormatException(problem)
{
    public int Offset { get; } = offset;

    public string? Suggestion { get; } = suggestion;
}

/// <summary>Bytes in hex: the data of a Geneve option.</summary>
internal sealed class HexOptionForm : OptionForm
{
    public static readonly HexOptionForm GeneveData = new();

    /// <summary>Five bits of words.</summary>
    private const int MaximumLength = 31 * 4;

    public override string Name => "data";

    public override IEnumerable<OptionItem> Read(byte[] bytes) => [new OptionItem(Name, Format(bytes), 0, bytes.Length)];

    public override string Format(byte[] bytes) => Convert.ToHexStringLower(bytes);

    public override byte[] Parse(string text)
    {
        byte[] bytes = ParseHex(text, 0);
        return bytes.Length % 4 == 0 && bytes.Length <= MaximumLength
            ? bytes
            : throw new OptionTextException($"a Geneve option's data is a multiple of 4 bytes, at most {MaximumLength}; this is {bytes.Length}", 0);
    }
}
