using System.Text.Json;
using System.Text.Json.Nodes;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios;

/// <summary>
/// The JSON schema of the scenario language, for editors: made from the key tables the parser itself reads with. It says
/// what a value looks like; what only the whole file shows (names, overlaps, order) stays with <see cref="ScenarioLoader"/>.
/// </summary>
public static class ScenarioSchema
{
    /// <summary>Where the schema is kept, from the repository's root.</summary>
    public const string Path = "scenarios/scenario.schema.json";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema's text (draft 2020-12), the same every time.</summary>
    public static string Generate() => Of(ScenarioKeys.File, "MizarLab scenario");

    /// <summary>The schema of a file that is a record.</summary>
    internal static string Of(RecordShape file, string title)
    {
        SchemaDefinitions definitions = new();
        JsonObject root = file.Schema(definitions);
        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
        };
        foreach ((string key, JsonNode? value) in root)
        {
            schema[key] = value!.DeepClone();
        }
        schema["$defs"] = definitions.ToJson();
        return schema.ToJsonString(Indented) + "\n";
    }
}
