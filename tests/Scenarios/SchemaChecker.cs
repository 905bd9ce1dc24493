using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace MizarLab.Tests.Scenarios;

/// <summary>
/// Checks a document against a JSON schema, as far as ours uses the standard (draft 2020-12); a keyword it does not know is a
/// failure, so that nothing goes unchecked. No schema library restores here.
/// </summary>
internal static class SchemaChecker
{
    /// <summary>Null when the document follows the schema; else the first place that does not.</summary>
    public static string? Check(JsonNode schema, JsonNode? document) => Check(schema, schema.AsObject(), document, "$");

    private static string? Check(JsonNode root, JsonObject schema, JsonNode? value, string path)
    {
        foreach ((string keyword, JsonNode? rule) in schema)
        {
            string? wrong = keyword switch
            {
                "$schema" or "$defs" or "title" or "description" => null,
                "$ref" => Check(root, root["$defs"]![rule!.GetValue<string>().Split('/')[^1]]!.AsObject(), value, path),
                "type" => TypeOf(value) == rule!.GetValue<string>() || (rule.GetValue<string>() == "number" && TypeOf(value) == "integer") ? null : $"{path}: {TypeOf(value)}, not {rule}",
                "enum" => rule!.AsArray().Any(r => JsonNode.DeepEquals(r, value)) ? null : $"{path}: {value} is none of {rule.ToJsonString()}",
                "const" => JsonNode.DeepEquals(rule, value) ? null : $"{path}: not {rule}",
                "pattern" => value is not JsonValue || TypeOf(value) != "string" || Regex.IsMatch(value.GetValue<string>(), rule!.GetValue<string>()) ? null : $"{path}: {value} does not match {rule}",
                "maxLength" => TypeOf(value) != "string" || value!.GetValue<string>().Length <= rule!.GetValue<int>() ? null : $"{path}: too long",
                "minimum" => TypeOf(value) is not ("integer" or "number") || NumberOf(value) >= NumberOf(rule) ? null : $"{path}: {value} < {rule}",
                "maximum" => TypeOf(value) is not ("integer" or "number") || NumberOf(value) <= NumberOf(rule) ? null : $"{path}: {value} > {rule}",
                "required" => value is JsonObject o && rule!.AsArray().FirstOrDefault(k => !o.ContainsKey(k!.GetValue<string>())) is { } missing ? $"{path}: {missing} is missing" : null,
                "properties" or "additionalProperties" => keyword == "properties" && schema.ContainsKey("additionalProperties") ? null : Properties(root, schema, value, path),
                "propertyNames" => value is JsonObject o ? o.Select(p => Check(root, rule!.AsObject(), JsonValue.Create(p.Key), $"{path}.{p.Key}")).FirstOrDefault(w => w is not null) : null,
                "items" => value is JsonArray a ? a.Select((item, i) => Check(root, rule!.AsObject(), item, $"{path}[{i}]")).FirstOrDefault(w => w is not null) : null,
                "maxItems" => value is JsonArray a && a.Count > rule!.GetValue<int>() ? $"{path}: {a.Count} items" : null,
                "minItems" => value is JsonArray a && a.Count < rule!.GetValue<int>() ? $"{path}: {a.Count} items" : null,
                "minProperties" => value is JsonObject o && o.Count < rule!.GetValue<int>() ? $"{path}: {o.Count} keys" : null,
                "maxProperties" => value is JsonObject o && o.Count > rule!.GetValue<int>() ? $"{path}: {o.Count} keys" : null,
                "anyOf" => rule!.AsArray().Select(r => Check(root, r!.AsObject(), value, path)).ToList() is var tries && tries.Any(t => t is null) ? null : $"{path}: none of {string.Join(" | ", tries)}",
                "oneOf" => rule!.AsArray().Count(r => Check(root, r!.AsObject(), value, path) is null) is var matches && matches == 1 ? null : $"{path}: {matches} forms match",
                _ => $"{path}: keyword '{keyword}' is not known to this checker",
            };
            if (wrong is not null)
            {
                return wrong;
            }
        }
        return null;
    }

    private static string? Properties(JsonNode root, JsonObject schema, JsonNode? value, string path)
    {
        foreach ((string name, JsonNode? item) in value as JsonObject ?? [])
        {
            JsonNode? rule = schema["properties"]?[name] ?? schema["additionalProperties"];
            string? wrong = rule is null ? null
                : rule.GetValueKind() == JsonValueKind.False ? $"{path}: no property {name}"
                : Check(root, rule.AsObject(), item, $"{path}.{name}");
            if (wrong is not null)
            {
                return wrong;
            }
        }
        return null;
    }

    private static double NumberOf(JsonNode? value) => double.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture);

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => NumberOf(value) == Math.Truncate(NumberOf(value)) ? "integer" : "number",
            _ => "string",
        },
    };
}

/// <summary>A YAML document as an editor sees it: the core schema's types.</summary>
internal static class YamlAsJson
{
    public static JsonNode? Read(string yaml)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(yaml));
        return Convert(stream.Documents[0].RootNode);
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain => Plain(plain.Value!),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new NotSupportedException(),
    };

    private static JsonNode? Plain(string text) =>
        text is "" or "~" or "null" ? null
        : text is "true" or "false" ? JsonValue.Create(text == "true")
        : long.TryParse(MizarLab.Studies.Quantity.WithoutGaps(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? JsonValue.Create(number)
        : double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double fraction) ? JsonValue.Create(fraction)
        : JsonValue.Create(text);
}
