using System.Text.RegularExpressions;

namespace MizarLab.Tests.Reports;

/// <summary>Reads HTML as strictly as XML: every tag closed by its own, no attribute twice, no id twice, every fragment link has its target.</summary>
internal static partial class HtmlStructure
{
    private static readonly SortedSet<string> Void = new(StringComparer.Ordinal)
        { "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr" };

    public static void Check(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Stack<string> open = new();
        SortedSet<string> ids = new(StringComparer.Ordinal);
        List<string> links = [];
        // What a style sheet holds is not markup; it must only not end the element early.
        string text = Style().Replace(html["<!DOCTYPE html>".Length..], "<style></style>");
        int at = 0;
        foreach (Match tag in Tag().Matches(text))
        {
            Assert.DoesNotContain('<', text[at..tag.Index]);
            at = tag.Index + tag.Length;
            string name = tag.Groups["name"].Value;
            if (tag.Groups["end"].Length > 0)
            {
                Assert.True(open.TryPop(out string? opened) && opened == name, $"</{name}> closes <{opened}> at {tag.Index}");
                continue;
            }
            List<string> attributes = [.. tag.Groups["attribute"].Captures.Select(c => c.Value)];
            Assert.Equal(attributes.Distinct(StringComparer.OrdinalIgnoreCase).Count(), attributes.Count);
            for (int i = 0; i < attributes.Count; i++)
            {
                string value = tag.Groups["value"].Captures[i].Value;
                if (attributes[i] == "id")
                {
                    Assert.True(ids.Add(value), $"id {value} stands twice");
                }
                else if (attributes[i].EndsWith("href", StringComparison.Ordinal) && value.StartsWith('#'))
                {
                    links.Add(value[1..]);
                }
            }
            if (!Void.Contains(name) && tag.Groups["self"].Length == 0)
            {
                open.Push(name);
            }
        }
        Assert.Empty(open);
        Assert.Empty(links.Where(link => !ids.Contains(link)).Distinct());
    }

    [GeneratedRegex("""<(?<end>/)?(?<name>[A-Za-z][A-Za-z0-9:-]*)(?:\s+(?<attribute>[A-Za-z_:][-A-Za-z0-9_:.]*)(?:="(?<value>[^"<]*)"|(?<value>)))*\s*(?<self>/)?>""")]
    private static partial Regex Tag();

    [GeneratedRegex("<style>[^<]*</style>")]
    private static partial Regex Style();
}
