using System.Collections.Immutable;
using System.Text.Json;
using MizarLab.Overlay;

namespace MizarLab.Scenarios.Scripts;

/// <summary>
/// Documents on their way from the process that runs a script to the lab's own: JSON, in which each node is a list of its kind, its line and what it holds. Unlike YAML it keeps the
/// script's lines, so that errors can name them.
/// </summary>
public static class ScriptTransfer
{
    private const string Scalar = "s", List = "l", Map = "m";

    /// <summary>Deeper than any document the language reads.</summary>
    private const int Depth = 4_000;

    public static void Write(ImmutableArray<ScriptDocument> documents, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { MaxDepth = Depth });
        json.WriteStartArray();
        foreach (ScriptDocument document in documents)
        {
            json.WriteStartObject();
            json.WriteBoolean("experiment", document.IsExperiment);
            json.WriteString("file", document.Root.Where.File);
            json.WritePropertyName("root");
            Write(document.Root, json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <exception cref="FormatException">It is not what <see cref="Write(ImmutableArray{ScriptDocument}, Stream)"/> writes, or not all of it.</exception>
    public static ImmutableArray<ScriptDocument> Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Depth });
            return [.. json.RootElement.EnumerateArray().Select(one =>
                new ScriptDocument(one.GetProperty("experiment").GetBoolean(), (ScriptMap)NodeOf(one.GetProperty("root"), one.GetProperty("file").GetString()!)))];
        }
        catch (Exception torn) when (torn is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or InvalidCastException)
        {
            throw new FormatException("no documents of a script", torn);
        }
    }

    private static void Write(ScriptNode node, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteStringValue(node switch { ScriptScalar => Scalar, ScriptList => List, _ => Map });
        json.WriteNumberValue(node.Where.Line);
        switch (node)
        {
            case ScriptScalar { IsNothing: true }:
                json.WriteNullValue();
                break;
            case ScriptScalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
            case ScriptList list:
                foreach (ScriptNode item in list.Items)
                {
                    Write(item, json);
                }
                break;
            case ScriptMap map:
                foreach ((string key, SourcePlace where, ScriptNode value) in map.Entries)
                {
                    json.WriteStringValue(key);
                    json.WriteNumberValue(where.Line);
                    Write(value, json);
                }
                break;
        }
        json.WriteEndArray();
    }

    private static ScriptNode NodeOf(JsonElement json, string file)
    {
        SourcePlace where = new(file, json[1].GetInt32(), 1);
        switch (json[0].GetString())
        {
            case Scalar:
                return new ScriptScalar(where, json[2].GetString() ?? "") { IsNothing = json[2].ValueKind == JsonValueKind.Null };
            case List:
                ScriptList list = new(where);
                list.Items.AddRange(json.EnumerateArray().Skip(2).Select(item => NodeOf(item, file)));
                return list;
            case Map:
                ScriptMap map = new(where);
                foreach (JsonElement[] entry in json.EnumerateArray().Skip(2).Chunk(3))
                {
                    map.Set(entry[0].GetString()!, NodeOf(entry[2], file), new SourcePlace(file, entry[1].GetInt32(), 1));
                }
                return map;
            default:
                throw new FormatException($"no node of a script's document: '{json[0]}'");
        }
    }
}
