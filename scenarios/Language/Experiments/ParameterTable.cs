using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>
/// What formulas may call a point's parameters: every key of the study and of the settings by its path (<c>study.bouncers</c>, <c>sharding.bouncers</c>) and by its last word,
/// the study's first, with the value the file gives or else the key's default.
/// </summary>
internal sealed class ParameterTable
{
    private readonly SortedDictionary<string, ExpressionValue> values = new(StringComparer.Ordinal);

    public ParameterTable(int point, YamlMap tree)
    {
        Point = point;
        if (tree["study"] is YamlMap { Entries: [var kind] })
        {
            StudyKind? known = StudyKinds.All.FirstOrDefault(k => k.Shape.Name == kind.Key.Text);
            AddRecord(known?.Shape.Keys ?? [], kind.Value as YamlMap, "study.");
        }
        AddRecord(SettingsKeys.All, tree, "");
    }

    public int Point { get; }

    public ExpressionValue? this[string name] => values.TryGetValue(name, out ExpressionValue value) ? value : null;

    private void AddRecord(IEnumerable<Key> keys, YamlMap? map, string prefix)
    {
        foreach (Key key in keys)
        {
            YamlNode? given = map?[key.Name];
            if (key.Shape is RecordShape record && (given is null or YamlMap or YamlScalar { IsNull: true }))
            {
                AddRecord(record.Keys, given as YamlMap, $"{prefix}{key.Name}.");
            }
            else if (given is not null)
            {
                AddNode(given, prefix, key.Name);
            }
            else if (key.Default is { Length: > 0 } standard)
            {
                Add(prefix, key.Name, standard);
            }
        }
    }

    /// <summary>A mapping with one key is a kind with its own parameters: <c>workload: { zipf: { exponent: 1 } }</c> gives <c>workload</c> = 'zipf' and <c>exponent</c>.</summary>
    private void AddNode(YamlNode node, string prefix, string name)
    {
        switch (node)
        {
            case YamlScalar { IsNull: false } scalar:
                Add(prefix, name, scalar.Text);
                break;
            case YamlMap map:
                if (map.Entries is [var only])
                {
                    Add(prefix, name, only.Key.Text);
                }
                foreach (YamlEntry entry in map.Entries)
                {
                    AddNode(entry.Value, $"{prefix}{name}.", entry.Key.Text);
                }
                break;
        }
    }

    private void Add(string prefix, string name, string text)
    {
        ExpressionValue value = ExpressionValue.Read(text);
        values.TryAdd(prefix + name, value);
        values.TryAdd(name, value);
    }
}
