using System.Globalization;
using System.Text;
using MizarLab.Packets.Layers;

namespace MizarLab.Packets;

/// <summary>Reads <see cref="PacketText"/>: a scanner over the characters that hands layers to a <see cref="PacketBuilder"/>.</summary>
internal sealed class PacketTextReader(string text)
{
    /// <summary>Most bytes a text may make, so that <c>zeros 4000000000</c> is an error and not a full memory.</summary>
    private const int MaximumLength = 16 << 20;

    private static readonly string[] LayerWords =
        [.. Protocols.All.Select(static p => p.Name), PayloadText.HexWord, PayloadText.TextWord, PayloadText.ZerosWord,
            Protocols.Trailer.Name, Protocols.OptionBytes.Name];

    private readonly PacketBuilder builder = new();
    private int position;
    private int openDatagrams;
    private long length;

    public PacketBuilder Read()
    {
        do
        {
            SkipSpace();
            ReadLayer();
            SkipSpace();
        }
        while (TrySlash());
        return position == text.Length ? builder : throw Error($"'/' or the end is expected here, not '{text[position]}'", position);
    }

    private void ReadLayer()
    {
        int start = position;
        string word = Word();
        if (word.Length == 0)
        {
            throw Error("a layer is expected here, such as 'eth' or 'hex'", start);
        }
        if (Protocols.All.FirstOrDefault(p => p.Name == word) is { } protocol)
        {
            ReadHeader(protocol);
            return;
        }
        Protocol bytes = word switch
        {
            PayloadText.HexWord or PayloadText.TextWord or PayloadText.ZerosWord => Protocols.Payload,
            "trailer" => Protocols.Trailer,
            "option_bytes" => Protocols.OptionBytes,
            _ => throw Error($"there is no layer '{word}'", start, Suggestion.Nearest(word, LayerWords)),
        };
        if (bytes == Protocols.Trailer && openDatagrams-- == 0)
        {
            throw Error("a trailer stands behind an ipv4 or arp layer that has none yet", start);
        }
        Add(new PendingLayer(bytes, ReadBytes(word)), start);
    }

    private byte[] ReadBytes(string word)
    {
        SkipSpace();
        int start = position;
        if (word == PayloadText.TextWord)
        {
            return Encoding.UTF8.GetBytes(Quoted());
        }
        string value = Word();
        if (word == PayloadText.ZerosWord)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MaximumLength
                ? new byte[count]
                : throw Error($"a number of bytes up to {MaximumLength} is expected after 'zeros', not '{value}'", start);
        }
        var digits = new StringBuilder(value);
        // Hex may be broken into groups: hex 0102 0304.
        for (SkipSpace(); position < text.Length && text[position] != '/'; SkipSpace())
        {
            string group = Word();
            if (group.Length == 0)
            {
                break;
            }
            digits.Append(group);
        }
        try
        {
            return Convert.FromHexString(digits.ToString());
        }
        catch (FormatException)
        {
            throw Error($"an even number of hexadecimal digits is expected after '{word}'", start);
        }
    }

    private void ReadHeader(Protocol protocol)
    {
        PendingLayer layer = PendingLayer.Header(protocol, default);
        var places = new List<(int Field, int Place)>();
        int start = position;
        bool optionsGiven = false;
        for (SkipSpace(); position < text.Length && text[position] != '/'; SkipSpace())
        {
            int place = position;
            string name = Word();
            if (name.Length == 0)
            {
                throw Error($"a field of {protocol.Name} is expected here, not '{text[position]}'", position);
            }
            if (position >= text.Length || text[position] != '=')
            {
                throw Error($"'=' and a value are expected after '{name}'", position);
            }
            position++;
            int valuePlace = position;
            string value = Word();
            if (protocol.Options is { } form && name == form.Name && !optionsGiven)
            {
                layer.SetOptions(ParseOptions(form, value, valuePlace));
                optionsGiven = true;
                continue;
            }
            int field = FieldIndex(protocol, name, place);
            if (layer.Given[field] || (optionsGiven && name == protocol.Options?.Name))
            {
                throw Error($"'{name}' is given twice", place);
            }
            layer.Set(field, ParseValue(protocol.Fields[field], value, valuePlace));
            places.Add((field, place));
        }
        foreach ((int field, int place) in places)
        {
            if (!Protocol.Has(layer.Bytes, protocol.Fields[field]))
            {
                throw Error($"this {protocol.Name} has no '{protocol.Fields[field].Name}': its type says otherwise", place);
            }
        }
        openDatagrams += protocol.IsDatagram ? 1 : 0;
        Add(layer, start);
    }

    private static int FieldIndexOrMinusOne(Protocol protocol, string name)
    {
        for (int i = 0; i < protocol.Fields.Length; i++)
        {
            if (protocol.Fields[i].Name == name)
            {
                return i;
            }
        }
        return -1;
    }

    private int FieldIndex(Protocol protocol, string name, int place)
    {
        int index = FieldIndexOrMinusOne(protocol, name);
        if (index >= 0)
        {
            return index;
        }
        if (protocol.Options?.Name == name)
        {
            throw Error($"'{name}' is given twice", place);
        }
        IEnumerable<string> words = protocol.Fields.Select(static f => f.Name);
        words = protocol.Options is null ? words : words.Append(protocol.Options.Name);
        throw Error($"{protocol.Name} has no field '{name}'", place, Suggestion.Nearest(name, words));
    }

    private ulong ParseValue(HeaderField field, string value, int place)
    {
        if (!field.Form.TryParse(value, out ulong number))
        {
            string wrong = value.Split(',').FirstOrDefault(part => !field.Form.Words.Contains(part)) ?? value;
            throw Error($"'{field.Name}' is {field.Form.Expected}, not '{value}'", place, Suggestion.Nearest(wrong, field.Form.Words));
        }
        return number <= field.Maximum ? number : throw Error($"'{field.Name}' has {field.Width} bits, at most {field.Maximum}: {value} does not fit", place);
    }

    private byte[] ParseOptions(OptionForm form, string value, int place)
    {
        try
        {
            return form.Parse(value);
        }
        catch (OptionTextException exception)
        {
            throw Error(exception.Message, place + exception.Offset, exception.Suggestion);
        }
    }

    private void Add(PendingLayer layer, int place)
    {
        length += layer.Bytes.Length;
        if (length > MaximumLength)
        {
            throw Error($"the frame is longer than {MaximumLength} bytes", place);
        }
        builder.Add(layer);
    }

    private string Quoted()
    {
        int start = position;
        if (position >= text.Length || text[position] != '"')
        {
            throw Error("a text in double quotes is expected here", position);
        }
        var characters = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '"')
            {
                position++;
                return characters.ToString();
            }
            if (c == '\\' && position + 1 < text.Length)
            {
                position++;
                c = text[position] switch
                {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '"' or '\\' => text[position],
                    _ => throw Error($"'\\{text[position]}' is no escape (there are \\n, \\r, \\t, \\\" and \\\\)", position),
                };
            }
            characters.Append(c);
        }
        throw Error("the text has no closing quote", start);
    }

    private bool TrySlash()
    {
        bool slash = position < text.Length && text[position] == '/';
        position += slash ? 1 : 0;
        return slash;
    }

    /// <summary>Characters up to space, '/', '=' or a quote; may be empty.</summary>
    private string Word()
    {
        int start = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not ('/' or '=' or '"'))
        {
            position++;
        }
        return text[start..position];
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private static PacketTextException Error(string problem, int position, string? suggestion = null) => new(problem, position + 1, suggestion);
}
