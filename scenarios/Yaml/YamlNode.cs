using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Scenarios.Yaml;

/// <summary>A node of a YAML file with its place. What the language does not use (anchors, tags, merge keys) does not exist here.</summary>
internal abstract record YamlNode(SourcePlace Where)
{
    /// <summary>For errors: what the user wrote.</summary>
    public abstract string What { get; }
}

/// <param name="Plain">Written without quotes or block style; only then is it a number, a boolean or null.</param>
internal sealed record YamlScalar(SourcePlace Where, string Text, bool Plain) : YamlNode(Where)
{
    public bool IsNull => Plain && Text is "" or "~" or "null";

    public override string What => IsNull ? "nothing" : $"'{Clip(Text)}'";

    /// <summary>Long text shortened for an error line, control characters shown as dots.</summary>
    public static string Clip(string text)
    {
        string shown = text.Length <= 40 ? text : text[..37] + "...";
        return string.Create(shown.Length, shown, static (span, s) =>
        {
            for (int i = 0; i < s.Length; i++)
            {
                span[i] = char.IsControl(s[i]) ? '.' : s[i];
            }
        });
    }
}

internal sealed record YamlList(SourcePlace Where, ImmutableArray<YamlNode> Items) : YamlNode(Where)
{
    public override string What => "a list";
}

/// <summary>Entries in file order; no key occurs twice.</summary>
internal sealed record YamlMap(SourcePlace Where, ImmutableArray<YamlEntry> Entries) : YamlNode(Where)
{
    public override string What => "a mapping";

    public YamlNode? this[string key]
    {
        get
        {
            foreach (YamlEntry entry in Entries)
            {
                if (entry.Key.Text == key)
                {
                    return entry.Value;
                }
            }
            return null;
        }
    }
}

internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
