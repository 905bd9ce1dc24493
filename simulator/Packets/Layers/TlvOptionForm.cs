using System.Collections.Immutable;
using System.Globalization;

namespace MizarLab.Packets.Layers;

/// <summary>
/// The options of IPv4 and TCP: <c>mss:1460,nop,wscale:7</c>. <c>nop</c> and <c>eol</c> are single bytes, a known option has a name
/// and its numbers, any other is <c>0x1e:data in hex</c>, and what is no option (after <c>eol</c>, or with an impossible length)
/// is <c>raw:hex</c>. Text shorter than a multiple of four bytes is filled with zeros.
/// </summary>
internal sealed class TlvOptionForm : OptionForm
{
    public static readonly TlvOptionForm Ipv4 = new([new KnownOption("router_alert", 148, [2])]);

    public static readonly TlvOptionForm Tcp = new(
    [
        new KnownOption("mss", 2, [2]),
        new KnownOption("wscale", 3, [1]),
        new KnownOption("sackok", 4, []),
        new KnownOption("sack", 5, [4, 4]),
        new KnownOption("sack", 5, [4, 4, 4, 4]),
        new KnownOption("sack", 5, [4, 4, 4, 4, 4, 4]),
        new KnownOption("ts", 8, [4, 4]),
    ]);

    private const byte EndOfList = 0;
    private const byte NoOperation = 1;

    private readonly ImmutableArray<KnownOption> known;

    private TlvOptionForm(ImmutableArray<KnownOption> known) => this.known = known;

    public override string Name => "options";

    public override IEnumerable<OptionItem> Read(byte[] bytes)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            OptionItem item = ReadOne(bytes, position);
            yield return item;
            position += item.Length;
        }
    }

    public override string Format(byte[] bytes) =>
        string.Join(',', Read(bytes).Select(static i => i.Value.Length == 0 ? i.Name : $"{i.Name}:{i.Value}"));

    public override byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        int offset = 0;
        foreach (string part in text.Split(','))
        {
            bytes.AddRange(ParseOne(part, offset));
            offset += part.Length + 1;
        }
        while (bytes.Count % 4 != 0)
        {
            bytes.Add(EndOfList);
        }
        return bytes.Count <= OptionBytes.MaximumLength
            ? [.. bytes]
            : throw new OptionTextException($"options of {bytes.Count} bytes do not fit the {OptionBytes.MaximumLength} a header has room for", 0);
    }

    private OptionItem ReadOne(byte[] bytes, int position)
    {
        ReadOnlySpan<byte> rest = bytes.AsSpan(position);
        if (rest[0] == NoOperation)
        {
            return new OptionItem("nop", "", position, 1);
        }
        if (rest[0] == EndOfList)
        {
            // Zeros to the end are one mark after the other; anything else behind a mark is no option any more.
            return rest.ContainsAnyExcept(EndOfList) ? Raw(rest, position) : new OptionItem("eol", "", position, 1);
        }
        if (rest.Length < 2 || rest[1] < 2 || rest[1] > rest.Length)
        {
            return Raw(rest, position);
        }
        ReadOnlySpan<byte> data = rest[2..rest[1]];
        foreach (KnownOption option in known)
        {
            if (option.Kind == rest[0] && option.DataLength == data.Length)
            {
                return new OptionItem(option.Name, option.Format(data), position, rest[1]);
            }
        }
        return new OptionItem($"0x{rest[0]:x2}", Convert.ToHexStringLower(data), position, rest[1]);
    }

    private static OptionItem Raw(ReadOnlySpan<byte> rest, int position) =>
        new("raw", Convert.ToHexStringLower(rest), position, rest.Length);

    private byte[] ParseOne(string text, int offset)
    {
        int colon = text.IndexOf(':');
        string name = colon < 0 ? text : text[..colon];
        string value = colon < 0 ? "" : text[(colon + 1)..];
        switch (name)
        {
            case "nop" when colon < 0:
                return [NoOperation];
            case "eol" when colon < 0:
                return [EndOfList];
            case "raw":
                return ParseHex(value, offset);
        }
        if (name.StartsWith("0x", StringComparison.Ordinal)
            && byte.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte kind)
            && kind > NoOperation)
        {
            byte[] data = ParseHex(value, offset);
            return data.Length <= 253 ? [kind, (byte)(data.Length + 2), .. data] : throw new OptionTextException($"option '{name}' is too long", offset);
        }
        int numbers = value.Length == 0 ? 0 : value.Split(':').Length;
        foreach (KnownOption option in known)
        {
            if (option.Name == name && option.Widths.Length == numbers)
            {
                return [option.Kind, (byte)(option.DataLength + 2), .. option.Parse(value, offset)];
            }
        }
        if (known.Any(k => k.Name == name))
        {
            string counts = string.Join(" or ", known.Where(k => k.Name == name).Select(static k => k.Widths.Length));
            throw new OptionTextException($"option '{name}' has {counts} numbers, this has {numbers}", offset);
        }
        string[] words = ["nop", "eol", "raw", .. known.Select(static k => k.Name).Distinct()];
        throw new OptionTextException(
            $"there is no option '{name}' (known: {string.Join(", ", words)}, and 0xKK:hex for the rest)", offset, Suggestion.Nearest(name, words));
    }

    /// <param name="Name">In text.</param>
    /// <param name="Kind">On the wire.</param>
    /// <param name="Widths">Bytes of each number in its data.</param>
    private sealed record KnownOption(string Name, byte Kind, ImmutableArray<int> Widths)
    {
        public int DataLength => Widths.Sum();

        public string Format(ReadOnlySpan<byte> data)
        {
            var numbers = new List<string>();
            foreach (int width in Widths)
            {
                ulong value = 0;
                foreach (byte octet in data[..width])
                {
                    value = value << 8 | octet;
                }
                numbers.Add(value.ToString(CultureInfo.InvariantCulture));
                data = data[width..];
            }
            return string.Join(':', numbers);
        }

        public byte[] Parse(string text, int offset)
        {
            byte[] data = new byte[DataLength];
            string[] numbers = Widths.IsEmpty ? [] : text.Split(':');
            int end = 0;
            for (int i = 0; i < Widths.Length; i++)
            {
                end += Widths[i];
                if (!FieldForm.Decimal.TryParse(numbers[i], out ulong value) || value >> (Widths[i] * 8) != 0)
                {
                    throw new OptionTextException($"'{numbers[i]}' in option '{Name}' is not a number of {Widths[i] * 8} bits", offset);
                }
                for (int at = end - 1; at >= end - Widths[i]; at--)
                {
                    data[at] = (byte)value;
                    value >>= 8;
                }
            }
            return data;
        }
    }
}
