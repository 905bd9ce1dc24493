using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.DataPlane;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

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
    public static readonly NameShape Instance = new("name", 32);

    /// <summary>A step's name, as expectations use it: <c>common</c> adds to the author's.</summary>
    public static readonly NameShape Step = new("step", 48);

    private readonly string noun;
    private readonly int longest;

    private NameShape(string noun, int longest)
    {
        this.noun = noun;
        this.longest = longest;
    }

    public override string Words => $"a {noun}";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer(noun, () => new JsonObject { ["type"] = "string", ["pattern"] = $"^[A-Za-z][A-Za-z0-9_-]{{0,{longest - 1}}}$" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out string value)
    {
        value = scalar.Text;
        bool good = value.Length > 0 && value.Length <= longest && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return good || Refuse(scalar, context, $"a letter, then letters, digits, - and _, at most {longest}");
    }
}

/// <summary>What choices of all kinds have in common.</summary>
internal static class ChoiceShape
{
    /// <summary>More make an error unreadable; the handbook lists them all.</summary>
    public const int FewEnoughToList = 8;
}

/// <summary>One of some fixed words.</summary>
internal sealed class ChoiceShape<T>(string noun, params (string Word, T Value)[] choices) : ScalarShape<T>
{
    public override string Words => choices.Length <= ChoiceShape.FewEnoughToList ? $"{noun} ({string.Join(", ", All)})" : noun;

    public override string Details => $"{noun}: {string.Join(", ", All)}";

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
        bool number = long.TryParse(Quantity.WithoutGaps(scalar.Text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long read);
        value = number && read >= least && read <= most ? (int)read : 0;
        if (number && read >= least && read <= most)
        {
            return scalar.Plain || Refuse(scalar, context, "without quotes");
        }
        return Refuse(scalar, context);
    }
}

/// <summary>A prime within bounds, for tables whose every preference list must name every slot.</summary>
internal sealed class PrimeShape(string noun, int least, int most) : ScalarShape<int>
{
    private readonly IntegerShape integer = new(noun, least, most);

    public override string Words => $"{noun} (a prime, {least} to {most})";

    public override JsonObject Schema(SchemaDefinitions definitions) => integer.Schema(definitions);

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out int value)
    {
        if (!integer.TryRead(scalar, context, out value))
        {
            return false;
        }
        if (MaglevTable.IsPrime(value))
        {
            return true;
        }
        int below = value, above = value;
        while (below > least && !MaglevTable.IsPrime(below))
        {
            below--;
        }
        while (above < most && !MaglevTable.IsPrime(above))
        {
            above++;
        }
        context.Diagnostics.Report(scalar.Where, $"{scalar.What} is no prime", string.Create(CultureInfo.InvariantCulture, $"{below} and {above} are"));
        return false;
    }
}
