using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Scripts;

/// <summary>A node of a document while a script makes it.</summary>
internal abstract record ScriptNode(SourcePlace Where)
{
    public abstract YamlNode ToNode();
}

internal sealed record ScriptScalar(SourcePlace Where, string Text) : ScriptNode(Where)
{
    public bool IsNothing { get; init; }

    public override YamlNode ToNode()
    {
        YamlScalar plain = new(Where, Text, Plain: true);
        return plain.IsNull && !IsNothing ? plain with { Plain = false } : plain;
    }
}

internal sealed record ScriptList(SourcePlace Where) : ScriptNode(Where)
{
    public List<ScriptNode> Items { get; } = [];

    public override YamlNode ToNode() => new YamlList(Where, [.. Items.Select(item => item.ToNode())]);
}

/// <summary>Keys stay in the order they came in.</summary>
internal sealed record ScriptMap(SourcePlace Where) : ScriptNode(Where)
{
    private readonly List<(string Key, SourcePlace Where, ScriptNode Value)> entries = [];
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    public IReadOnlyList<(string Key, SourcePlace Where, ScriptNode Value)> Entries => entries;

    public void Set(string key, ScriptNode value, SourcePlace where)
    {
        if (places.TryGetValue(key, out int place))
        {
            entries[place] = (key, where, value);
        }
        else
        {
            places.Add(key, entries.Count);
            entries.Add((key, where, value));
        }
    }

    /// <summary>The mapping under a key, made if nothing is there; null when something else is.</summary>
    public ScriptMap? MapAt(string key, SourcePlace where) => At(key, where, static place => new ScriptMap(place)) as ScriptMap;

    /// <summary>The list under a key, made if nothing is there; null when something else is.</summary>
    public ScriptList? ListAt(string key, SourcePlace where) => At(key, where, static place => new ScriptList(place)) as ScriptList;

    public override YamlNode ToNode() => new YamlMap(
        Where, [.. entries.Select(entry => new YamlEntry(new YamlScalar(entry.Where, entry.Key, Plain: true), entry.Value.ToNode()))]);

    private ScriptNode At(string key, SourcePlace where, Func<SourcePlace, ScriptNode> make)
    {
        if (!places.TryGetValue(key, out int place))
        {
            place = entries.Count;
            Set(key, make(where), where);
        }
        return entries[place].Value;
    }
}
