using System.Globalization;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>A node of a profile file. Every fault is a <see cref="ScenarioException"/> with its line, column and, where there is one, its mend.</summary>
internal readonly struct YamlCursor(YamlNode node)
{
    private YamlNode Node => node;

    public SourcePlace Where => node.Where;

    /// <exception cref="ScenarioException">It is not YAML.</exception>
    public static YamlCursor Root(string file, ReadOnlySpan<byte> bytes)
    {
        Diagnostics diagnostics = new(file);
        YamlNode? root = YamlText.Decode(bytes, diagnostics) is { } text ? YamlComposer.Compose(text, diagnostics) : null;
        diagnostics.ThrowIfAny();
        return new YamlCursor(root!);
    }

    public bool IsWord => node is YamlScalar;

    public ScenarioException Error(string text, string? mend = null) => new([new ScenarioError(Where, text, mend)]);

    public ScenarioException Unknown(string what, string word, IEnumerable<string> known) => Error($"'{word}' is no {what}", Suggestion.For(word, known) ?? $"there are {string.Join(", ", known)}");

    /// <summary>The entries of a mapping.</summary>
    public IEnumerable<(string Key, YamlCursor KeyAt, YamlCursor Value)> Entries() =>
        Map().Entries.Select(entry => (entry.Key.Text, new YamlCursor(entry.Key), new YamlCursor(entry.Value)));

    /// <summary>Refuses keys that are none of these.</summary>
    public YamlCursor Only(string what, params ReadOnlySpan<string> keys)
    {
        foreach (YamlEntry entry in Map().Entries)
        {
            if (!keys.Contains(entry.Key.Text))
            {
                throw new YamlCursor(entry.Key).Unknown($"key of {what}", entry.Key.Text, keys.ToArray());
            }
        }
        return this;
    }

    public YamlCursor Required(string key) => Optional(key) ?? throw Error($"'{key}' is missing");

    public YamlCursor? Optional(string key) => Map()[key] is { } value ? new YamlCursor(value) : null;

    public IEnumerable<YamlCursor> Items() =>
        node is YamlList list ? list.Items.Select(item => new YamlCursor(item)) : throw Error($"expected a list, not {node.What}");

    public string Text() => node is YamlScalar { IsNull: false } scalar ? scalar.Text : throw Error($"expected a word, not {node.What}");

    public int Integer(int least, int most) =>
        int.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Error($"expected a whole number from {least} to {most}, not {node.What}");

    public bool Flag() => Text() switch
    {
        "true" => true,
        "false" => false,
        _ => throw Error($"expected true or false, not {node.What}"),
    };

    /// <summary>One of an enumeration, written in lower case with underscores.</summary>
    public T Word<T>(string what)
        where T : struct, Enum
    {
        string word = Text();
        foreach (T value in Enum.GetValues<T>())
        {
            if (Name(value) == word)
            {
                return value;
            }
        }
        throw Unknown(what, word, Enum.GetValues<T>().Select(Name));
    }

    /// <summary>As profile files write a value: <c>ScaledEndpoint</c> is scaled_endpoint.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private YamlMap Map() => Node as YamlMap ?? throw Error($"expected a mapping, not {Node.What}");
}
