using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MizarLab.Overlay;

namespace MizarLab.Harness.Inputs;

/// <summary>A text that is no JSON; the message has its place in the file and the mend, and is for the user.</summary>
public sealed class JsonSourceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A JSON file a user wrote, which can say where in it a value stands: <c>JsonSource.Parse("v.json", bytes, 32)</c>, then <c>PlaceOf(["maps", "vpcs", 0])</c> is line and column of
/// the first row. Places are looked for when something is wrong, so a good file pays nothing for them.
/// </summary>
public sealed class JsonSource : IDisposable
{
    private readonly byte[] text;
    private readonly JsonDocument document;

    private JsonSource(string name, byte[] text, JsonDocument document)
    {
        Name = name;
        this.text = text;
        this.document = document;
    }

    /// <summary>What errors call the file.</summary>
    public string Name { get; }

    /// <summary>Valid until this is disposed of.</summary>
    public JsonElement Root => document.RootElement;

    /// <param name="name">What errors call it.</param>
    /// <param name="bytes">UTF-8, with a byte order mark or without.</param>
    /// <param name="depth">Levels a file of this kind may nest.</param>
    /// <exception cref="JsonSourceException">It is no JSON, or an object has a key twice.</exception>
    public static JsonSource Parse(string name, byte[] bytes, int depth)
    {
        byte[] text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        RefuseOtherText(name, text);
        try
        {
            return new JsonSource(name, text, JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false }));
        }
        catch (JsonException fault) when (fault.LineNumber is { } line && fault.BytePositionInLine is { } position)
        {
            throw new JsonSourceException($"{Placed(name, text, (int)line, (int)position)}: {Mended(fault.Message, depth)}", fault);
        }
        catch (JsonException twice)
        {
            throw new JsonSourceException($"{(Twice(text, depth) is { } at ? PlaceAt(name, text, at) : name)}: a key that this object has already (remove one of the two)", twice);
        }
    }

    /// <summary>Where a value stands; the innermost one there is, when the path leads on to nothing.</summary>
    /// <param name="path">Keys (text) and places in lists (int), from the outside in.</param>
    /// <param name="key">The last step's key, not its value.</param>
    public SourcePlace PlaceOf(IReadOnlyList<object> path, bool key = false)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = 1_000 });
        reader.Read();
        long found = reader.TokenStartIndex;
        for (int depth = 0; depth < path.Count && Step(ref reader, path[depth], out long ofKey); depth++)
        {
            found = key && depth == path.Count - 1 ? ofKey : reader.TokenStartIndex;
        }
        return PlaceAt(Name, text, (int)found);
    }

    public void Dispose() => document.Dispose();

    /// <summary>From a value to one in it.</summary>
    private static bool Step(ref Utf8JsonReader reader, object step, out long key)
    {
        key = reader.TokenStartIndex;
        JsonTokenType wanted = step is string ? JsonTokenType.StartObject : JsonTokenType.StartArray;
        if (reader.TokenType != wanted)
        {
            return false;
        }
        for (int i = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); i++)
        {
            key = reader.TokenStartIndex;
            bool here = step is string name ? reader.ValueTextEquals(name) : (int)step == i;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                reader.Read();
            }
            if (here)
            {
                return true;
            }
            reader.Skip();
        }
        return false;
    }

    private static void RefuseOtherText(string name, byte[] text)
    {
        if (text is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
        {
            throw new JsonSourceException($"{name}: this is UTF-16 (save it as UTF-8)");
        }
        if (!Utf8.IsValid(text))
        {
            _ = Utf8.ToUtf16(text, new char[text.Length], out int good, out _, replaceInvalidSequences: false);
            throw new JsonSourceException($"{PlaceAt(name, text, good)}: a byte that is no UTF-8 (is this a JSON file? if so, save it as UTF-8)");
        }
    }

    /// <summary>The second of two equal keys of an object.</summary>
    private static int? Twice(byte[] text, int depth)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = depth });
        Stack<SortedSet<string>> open = new();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new SortedSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName when !open.Peek().Add(reader.GetString()!):
                    return (int)reader.TokenStartIndex;
            }
        }
        return null;
    }

    /// <summary>The reader's words without its raw position, and what to do.</summary>
    private static string Mended(string message, int depth)
    {
        string said = message.Split(" LineNumber:", 2)[0].TrimEnd('.');
        return said switch
        {
            _ when said.Contains("any JSON tokens", StringComparison.Ordinal) => "empty, where JSON is wanted",
            _ when said.StartsWith("Expected depth", StringComparison.Ordinal) => "the file ends within an object or a list (a '}' or ']' is missing)",
            _ when said.Contains("trailing comma", StringComparison.Ordinal) => "a comma after the last element (remove it)",
            _ when said.Contains("maximum configured depth", StringComparison.Ordinal) => $"nested more than {depth} levels deep, which no such file is",
            _ when said.StartsWith("'/' is an invalid start", StringComparison.Ordinal) => "JSON has no comments (remove it)",
            _ when said.Contains("start of a property name", StringComparison.Ordinal) => $"{said.Split(" is", 2)[0]}, where a key is wanted (keys stand in double quotes)",
            _ when said.Contains("after a property name", StringComparison.Ordinal) => $"{said.Split(" is", 2)[0]} after a key (':' is missing)",
            _ when said.Contains("after a value", StringComparison.Ordinal) => $"{said.Split(" is", 2)[0]} after a value (',', '}}' or ']' is missing)",
            _ when said.Contains("after a single JSON value", StringComparison.Ordinal) => $"{said.Split(" is", 2)[0]} after the end (a file is one value; several stand in a list)",
            _ when said.StartsWith("''' is", StringComparison.Ordinal) => "''', where a value is wanted (text stands in double quotes)",
            _ when said.Contains("start of a value", StringComparison.Ordinal) => $"{said.Split(" is", 2)[0]}, where a value is wanted (text stands in double quotes)",
            _ => $"no JSON: {said}",
        };
    }

    private static SourcePlace PlaceAt(string name, byte[] text, int offset)
    {
        ReadOnlySpan<byte> before = text.AsSpan(0, offset);
        return Placed(name, text, before.Count((byte)'\n'), offset - (before.LastIndexOf((byte)'\n') + 1));
    }

    /// <param name="line">From 0.</param>
    /// <param name="position">Bytes since the line began; a column counts characters.</param>
    private static SourcePlace Placed(string name, byte[] text, int line, int position)
    {
        ReadOnlySpan<byte> rest = text;
        for (int i = 0; i < line && rest.IndexOf((byte)'\n') is >= 0 and var end; i++)
        {
            rest = rest[(end + 1)..];
        }
        return new SourcePlace(name, line + 1, Encoding.UTF8.GetCharCount(rest[..Math.Min(position, rest.Length)]) + 1);
    }
}
