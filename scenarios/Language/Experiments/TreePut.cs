using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Experiments;

/// <summary>
/// A value put into an experiment's tree at a key's path, before the tree is read by the ordinary key tables. So its type and limits are the replaced key's, and what is
/// wrong with it is reported where the value stands.
/// </summary>
/// <param name="Where">Of the path: where an unknown key in it is reported.</param>
/// <param name="Path">Such as <c>study</c>, <c>bouncers</c>; the study's kind is passed over.</param>
internal sealed record TreePut(SourcePlace Where, ImmutableArray<string> Path, YamlNode Value)
{
    private const string Study = "study";

    /// <summary>Whether a word begins a path.</summary>
    public static bool IsKey(string word) => word == Study || SettingsKeys.All.Any(k => k.Name == word);

    /// <summary>A path's parts; null, and an error, when it is none of a key that can be replaced.</summary>
    public static ImmutableArray<string>? PathOf(YamlScalar path, Diagnostics diagnostics)
    {
        ImmutableArray<string> parts = [.. path.Text.Split('.')];
        if (parts.Length > 8 || parts.Any(p => p.Length == 0))
        {
            diagnostics.Report(path.Where, $"{path.What} is no key's path", "study.bouncers, sharding.bouncers, dialect are");
            return null;
        }
        if (!IsKey(parts[0]))
        {
            diagnostics.ReportUnknown(path.Where, $"{path.What} is no key of the settings or of the study", parts[0], SettingsKeys.All.Select(k => k.Name).Append(Study));
            return null;
        }
        if (parts is [Study])
        {
            diagnostics.Report(path.Where, "a study cannot be replaced by another", "name one of its keys: study.bouncers");
            return null;
        }
        return parts;
    }

    /// <summary>All values of a mapping from paths; null after something was reported.</summary>
    public static ImmutableArray<TreePut>? All(YamlMap puts, Diagnostics diagnostics)
    {
        ImmutableArray<TreePut>.Builder all = ImmutableArray.CreateBuilder<TreePut>(puts.Entries.Length);
        foreach (YamlEntry put in puts.Entries)
        {
            if (PathOf(put.Key, diagnostics) is { } path)
            {
                all.Add(new TreePut(put.Key.Where, path, put.Value));
            }
        }
        return all.Count == puts.Entries.Length ? all.MoveToImmutable() : null;
    }

    /// <summary>The tree with the value in it.</summary>
    public YamlMap Into(YamlMap root)
    {
        if (Path[0] != Study || root[Study] is not YamlMap { Entries: [var kind] } study)
        {
            return Put(root, 0);
        }
        YamlMap inner = kind.Value as YamlMap ?? new YamlMap(kind.Value.Where, []);
        return With(root, new YamlEntry(KeyOf(root, Study), new YamlMap(study.Where, [kind with { Value = Put(inner, 1) }])));
    }

    private YamlMap Put(YamlMap map, int at)
    {
        string name = Path[at];
        YamlNode value = at == Path.Length - 1 ? Value : Put(map[name] as YamlMap ?? new YamlMap(Where, []), at + 1);
        return With(map, new YamlEntry(new YamlScalar(Where, name, true), value));
    }

    private static YamlScalar KeyOf(YamlMap map, string name) => map.Entries.First(e => e.Key.Text == name).Key;

    private static YamlMap With(YamlMap map, YamlEntry entry)
    {
        for (int i = 0; i < map.Entries.Length; i++)
        {
            if (map.Entries[i].Key.Text == entry.Key.Text)
            {
                return map with { Entries = map.Entries.SetItem(i, entry) };
            }
        }
        return map with { Entries = map.Entries.Add(entry) };
    }
}
