using System.Collections.Immutable;
using System.Globalization;

namespace MizarLab.Packets.Layers;

/// <summary>How the number in a header field is written in text, and read back. Every number may also be given plain, decimal or 0x….</summary>
internal abstract class FieldForm
{
    /// <summary>Decimal.</summary>
    public static readonly FieldForm Decimal = new NumberForm(hexadecimal: false);

    /// <summary>0x… with as many digits as the field is wide.</summary>
    public static readonly FieldForm Hex = new NumberForm(hexadecimal: true);

    /// <summary>02:42:ac:11:00:0b.</summary>
    public static readonly FieldForm Mac = new MacForm();

    /// <summary>10.0.0.2.</summary>
    public static readonly FieldForm Address = new AddressForm();

    /// <summary>What a value of this form is, for an error message.</summary>
    public abstract string Expected { get; }

    /// <summary>Words this form understands beside numbers.</summary>
    public virtual ImmutableArray<string> Words => [];

    public abstract string Format(ulong value, int width);

    public abstract bool TryParse(ReadOnlySpan<char> text, out ulong value);

    /// <summary>Words for some values, a number in <paramref name="hexadecimal"/> or decimal for the rest.</summary>
    public static FieldForm Names(bool hexadecimal, params (string Name, ulong Value)[] names) => new NamesForm(hexadecimal, [.. names]);

    /// <summary>Bits by name, joined by commas; <c>none</c> when no bit is set. Every bit of the field must have a name.</summary>
    public static FieldForm Flags(params (string Name, ulong Value)[] names) => new FlagsForm([.. names]);

    protected static bool TryParseNumber(ReadOnlySpan<char> text, out ulong value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    protected static string FormatNumber(ulong value, int width, bool hexadecimal) =>
        hexadecimal
            ? "0x" + value.ToString("x" + ((width + 3) / 4).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);

    private sealed class NumberForm(bool hexadecimal) : FieldForm
    {
        public override string Expected => "a number";

        public override string Format(ulong value, int width) => FormatNumber(value, width, hexadecimal);

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value) => TryParseNumber(text, out value);
    }

    private sealed class MacForm : FieldForm
    {
        public override string Expected => "a MAC address like 02:42:ac:11:00:0b";

        public override string Format(ulong value, int width) => new MacAddress(value).ToString();

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value)
        {
            bool read = MacAddress.TryParse(text, out MacAddress mac);
            value = mac.Value;
            return read;
        }
    }

    private sealed class AddressForm : FieldForm
    {
        public override string Expected => "an IPv4 address like 10.0.0.2";

        public override string Format(ulong value, int width) => new Ipv4Address((uint)value).ToString();

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value)
        {
            bool read = Ipv4Address.TryParse(text, out Ipv4Address address);
            value = address.Value;
            return read;
        }
    }

    private sealed class NamesForm(bool hexadecimal, ImmutableArray<(string Name, ulong Value)> names) : FieldForm
    {
        public override string Expected => $"a number or one of {string.Join(", ", Words)}";

        public override ImmutableArray<string> Words { get; } = [.. names.Select(static n => n.Name)];

        public override string Format(ulong value, int width)
        {
            foreach ((string name, ulong named) in names)
            {
                if (named == value)
                {
                    return name;
                }
            }
            return FormatNumber(value, width, hexadecimal);
        }

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value)
        {
            foreach ((string name, ulong named) in names)
            {
                if (text.SequenceEqual(name))
                {
                    value = named;
                    return true;
                }
            }
            return TryParseNumber(text, out value);
        }
    }

    private sealed class FlagsForm(ImmutableArray<(string Name, ulong Value)> names) : FieldForm
    {
        public override string Expected => $"none, or some of {string.Join(",", names.Select(static n => n.Name))} joined by commas";

        public override ImmutableArray<string> Words { get; } = ["none", .. names.Select(static n => n.Name)];

        public override string Format(ulong value, int width) =>
            value == 0 ? "none" : string.Join(',', names.Where(n => (value & n.Value) != 0).Select(static n => n.Name));

        public override bool TryParse(ReadOnlySpan<char> text, out ulong value)
        {
            if (text is "none")
            {
                value = 0;
                return true;
            }
            if (TryParseNumber(text, out value))
            {
                return true;
            }
            value = 0;
            foreach (Range part in text.Split(','))
            {
                bool known = false;
                foreach ((string name, ulong bit) in names)
                {
                    if (text[part].SequenceEqual(name))
                    {
                        value |= bit;
                        known = true;
                    }
                }
                if (!known)
                {
                    return false;
                }
            }
            return true;
        }
    }
}
