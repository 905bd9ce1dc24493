using System.Globalization;
using System.Text.Json;
using MizarLab.Harness.Inputs;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// A JSON value that knows where it stands, so that every error names file, line, column and element:
/// <c>upstream.json:210:31: [12].maps.endpoints[3].mac: 'x' is not a MAC address</c>.
/// </summary>
internal sealed class Element
{
    private readonly JsonSource source;
    private readonly JsonElement json;
    private readonly Element? parent;
    private readonly string name;
    private readonly int index;

    private Element(JsonSource source, JsonElement json, Element? parent, string name, int index)
    {
        this.source = source;
        this.json = json;
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    public JsonValueKind Kind => json.ValueKind;

    public static Element Root(JsonSource source) => new(source, source.Root, null, "", -1);

    /// <summary>Where and what, ready to be thrown.</summary>
    public VectorException Error(string what) => parent is null ? new($"{source.PlaceOf([])}: {what}") : new($"{source.PlaceOf([.. Steps()])}: {Path()}: {what}");

    /// <summary>The member of an object; an error when it is absent.</summary>
    public Element Required(string member) => Optional(member) ?? throw Error($"'{member}' is missing");

    /// <summary>The member of an object, or null when it is absent or null.</summary>
    public Element? Optional(string member)
    {
        Expect(JsonValueKind.Object, "an object");
        return json.TryGetProperty(member, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new Element(source, value, this, member, -1)
            : null;
    }

    public IEnumerable<(string Name, Element Value)> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        foreach (JsonProperty member in json.EnumerateObject())
        {
            yield return (member.Name, new Element(source, member.Value, this, member.Name, -1));
        }
    }

    public IEnumerable<Element> Items()
    {
        Expect(JsonValueKind.Array, "an array");
        int at = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            yield return new Element(source, item, this, "", at++);
        }
    }

    public string Text()
    {
        Expect(JsonValueKind.String, "a string");
        return json.GetString()!;
    }

    public ulong Unsigned(ulong most = ulong.MaxValue)
    {
        Expect(JsonValueKind.Number, "a number");
        return json.TryGetUInt64(out ulong value) && value <= most
            ? value
            : throw Error($"{json.GetRawText()} is not a whole number from 0 to {most}");
    }

    public int Integer(int least, int most)
    {
        Expect(JsonValueKind.Number, "a number");
        return json.TryGetInt32(out int value) && value >= least && value <= most
            ? value
            : throw Error($"{json.GetRawText()} is not a whole number from {least} to {most}");
    }

    public bool Flag() => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"true or false is wanted here, not {json.ValueKind.ToString().ToLowerInvariant()}"),
    };

    public Ipv4Address Address() =>
        Ipv4Address.TryParse(Text(), out Ipv4Address address) ? address : throw Error($"'{Text()}' is not an IPv4 address");

    public MacAddress Mac() =>
        MacAddress.TryParse(Text(), out MacAddress mac) ? mac : throw Error($"'{Text()}' is not a MAC address");

    /// <summary>Bytes as pairs of hexadecimal digits.</summary>
    public byte[] Hex(int most)
    {
        string text = Text();
        if (text.Length > most * 2)
        {
            throw Error($"a frame has at most {most} bytes, not {text.Length / 2}");
        }
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw Error("not pairs of hexadecimal digits");
        }
    }

    /// <summary>This member's name as a number, as the slots of devmaps and the tail calls are keyed.</summary>
    public int NameAsNumber(int most) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most
            ? number
            : throw Error($"'{name}' is not a number from 0 to {most}");

    private void Expect(JsonValueKind kind, string what)
    {
        if (json.ValueKind != kind)
        {
            throw Error($"{what} is wanted here, not {json.ValueKind.ToString().ToLowerInvariant()}");
        }
    }

    /// <summary>From the file's outermost value to this one.</summary>
    private IEnumerable<object> Steps() => parent is null ? [] : parent.Steps().Append(index >= 0 ? index : name);

    private string Path()
    {
        string own = index >= 0 ? $"[{index.ToString(CultureInfo.InvariantCulture)}]" : parent?.parent is null ? name : $".{name}";
        return parent?.parent is null ? own : parent.Path() + own;
    }
}
