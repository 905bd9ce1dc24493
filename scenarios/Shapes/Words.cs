using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>Free text.</summary>
internal sealed class TextShape(int longest) : ScalarShape<string>
{
    public override string Words => "text";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "string", ["maxLength"] = longest };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out string value)
    {
        value = scalar.Text;
        if (value.Length <= longest)
        {
            return true;
        }
        context.Diagnostics.Report(scalar.Where, $"a text of {value.Length} characters", $"at most {longest}");
        return false;
    }
}

/// <summary>A name as it may become part of a namespace's or a container's: never an option, a path or a shell's word.</summary>
internal sealed class NameShape : ScalarShape<string>
{
    private const int Longest = 32;

    public static readonly NameShape Instance = new();

    public override string Words => $"a name (a letter, then letters, digits, - and _, at most {Longest})";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("name", () => new JsonObject { ["type"] = "string", ["pattern"] = $"^[A-Za-z][A-Za-z0-9_-]{{0,{Longest - 1}}}$" });

    public static bool IsName(string text) =>
        text.Length is > 0 and <= Longest && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out string value)
    {
        value = scalar.Text;
        return IsName(value) || Refuse(scalar, context);
    }
}

/// <summary>One of some fixed words.</summary>
internal sealed class ChoiceShape<T>(string noun, params (string Word, T Value)[] choices) : ScalarShape<T>
{
    private const int FewEnoughToList = 8;

    public override string Words => choices.Length <= FewEnoughToList ? $"{noun} ({string.Join(", ", All)})" : noun;

    public IEnumerable<string> All => choices.Select(c => c.Word);

    public override string Show(T value) => choices.First(c => Equals(c.Value, value)).Word;

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c.Word)]) };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out T value)
    {
        foreach ((string word, T meant) in choices)
        {
            if (word == scalar.Text)
            {
                value = meant;
                return true;
            }
        }
        value = default!;
        return Refuse(scalar, context, Suggestion.For(scalar.Text, All));
    }
}

/// <summary><c>true</c> or <c>false</c>, and nothing YAML 1.1 also took for them.</summary>
internal sealed class BooleanShape : ScalarShape<bool>
{
    public static readonly BooleanShape Instance = new();

    public override string Words => "true or false";

    public override string Show(bool value) => value ? "true" : "false";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "boolean" };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out bool value)
    {
        value = scalar.Text == "true";
        if (scalar.Plain && scalar.Text is "true" or "false")
        {
            return true;
        }
        return Refuse(scalar, context, scalar.Text.ToLowerInvariant() switch
        {
            "yes" or "on" or "true" => "write true",
            "no" or "off" or "false" => "write false",
            _ => null,
        });
    }
}

/// <summary>A whole number within bounds; the only bare numbers of the language are counts, ports, VNIs and TTLs.</summary>
internal sealed class IntegerShape(string noun, long least, long most) : ScalarShape<int>
{
    public override string Words => $"{noun} ({least} to {most})";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out int value)
    {
        bool number = long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long read);
        value = number && read >= least && read <= most ? (int)read : 0;
        if (number && read >= least && read <= most)
        {
            return scalar.Plain || Refuse(scalar, context, "without quotes");
        }
        return Refuse(scalar, context);
    }
}
