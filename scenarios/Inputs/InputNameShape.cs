using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Inputs;

/// <summary>A file beside the one that names it, or in a folder there; never one above it, an absolute path or a hidden one, so that a file from anywhere can have nothing else read.</summary>
internal sealed partial class InputNameShape : ScalarShape<string>
{
    public static readonly InputNameShape Instance = new();

    private const int Longest = 128;
    private const string Form = "^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}$";

    public override string Words => "a file beside this one, like captures/web.pcapng";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "string", ["maxLength"] = Longest, ["pattern"] = Form };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out string value)
    {
        value = scalar.Text;
        return (value.Length <= Longest && Whole().IsMatch(value)) || Refuse(scalar, context, "letters, digits, '_', '-' and '.', folders with '/'; copy what lies elsewhere");
    }

    [GeneratedRegex(Form)]
    private static partial Regex Whole();
}
