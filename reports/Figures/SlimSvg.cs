using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MizarLab.Reports;

/// <summary>
/// Takes out of a figure what changes nothing that is seen. gnuplot writes every property anew at every stroke, groups with nothing in them, marks nobody uses, and hundredths of a pixel: two
/// thirds of a page with many figures.
/// </summary>
internal static partial class SlimSvg
{
    private static readonly string[] Inherited = ["fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "font-family", "font-size", "text-anchor"];

    /// <summary>What they are where nobody says: SVG's own, but for fill, of which lines want none.</summary>
    private static readonly (string Name, string Value)[] Initial =
        [("fill", "none"), ("stroke", "none"), ("stroke-width", "1"), ("stroke-linecap", "butt"), ("stroke-linejoin", "miter")];

    public static void Apply(XElement root)
    {
        RemoveUnused(root);
        root.SetAttributeValue("fill", "none");
        XElement[] drawn = [.. root.Elements().SelectMany(e => e.DescendantsAndSelf()).Where(e => !e.AncestorsAndSelf().Any(a => a.Name.LocalName == "defs"))];
        foreach (XElement element in drawn)
        {
            foreach (XAttribute attribute in element.Attributes().ToArray())
            {
                Shorten(element, attribute);
            }
        }
        foreach (string name in (string[])["font-family", "font-size"])
        {
            root.SetAttributeValue(name, drawn.Select(e => e.Attribute(name)?.Value).OfType<string>().GroupBy(v => v).MaxBy(g => g.Count())?.Key);
        }
        foreach (XElement group in drawn.Where(IsWrapper))
        {
            Unwrap(group);
        }
        drawn = [.. drawn.Where(e => e.Parent is not null)];
        // From the outside in, so that what remains is inherited by what is inside.
        foreach (XElement element in drawn)
        {
            foreach (string name in Inherited)
            {
                if (element.Attribute(name) is { } own && own.Value == Around(element, name))
                {
                    own.Remove();
                }
            }
            if (element.Attribute("color") is { } colour && !element.DescendantsAndSelf().Any(IsColoured))
            {
                colour.Remove();
            }
        }
        foreach (XElement bare in drawn.Where(e => e.Name.LocalName == "tspan" && !e.HasAttributes))
        {
            bare.ReplaceWith(bare.Nodes());
        }
        foreach (XElement group in drawn.Where(e => e.Name.LocalName == "g" && !e.HasAttributes).Reverse())
        {
            group.ReplaceWith(group.Nodes());
        }
    }

    /// <summary>A group around a single stroke, which can bear its properties itself.</summary>
    private static bool IsWrapper(XElement element) =>
        element.Name.LocalName == "g" && element.Attribute("transform") is null && element.Attribute("id") is null && element.Elements().ToArray() is [{ Name.LocalName: "path" }];

    private static void Unwrap(XElement group)
    {
        XElement only = group.Elements().Single();
        foreach (XAttribute attribute in group.Attributes().Where(a => only.Attribute(a.Name) is null))
        {
            only.Add(new XAttribute(attribute));
        }
        // What has a parent would be copied.
        only.Remove();
        group.ReplaceWith(only);
    }

    private static void RemoveUnused(XElement root)
    {
        foreach (XElement group in root.Descendants().Where(e => e.Name.LocalName == "g").Reverse().ToArray())
        {
            if (!group.Elements().Any())
            {
                group.Remove();
            }
        }
        for (bool removed = true; removed;)
        {
            SortedSet<string> used = [.. root.Descendants().Attributes().Where(a => a.Name.LocalName == "href").Select(a => a.Value.TrimStart('#'))];
            XElement[] idle = [.. root.Descendants().Where(e => e.Parent?.Name.LocalName == "defs" && e.Attribute("id") is { } id && !used.Contains(id.Value) && e.Name.LocalName != "pattern")];
            idle.Remove();
            removed = idle.Length > 0;
            root.Descendants().Where(e => e.Name.LocalName == "defs" && !e.Elements().Any()).Remove();
            root.Descendants().Attributes("id").Where(id => id.Parent!.Name.LocalName == "g" && !used.Contains(id.Value)).Remove();
        }
    }

    private static bool IsColoured(XElement element) =>
        element.Name.LocalName == "use" || element.Attributes().Any(a => a.Name.LocalName is "stroke" or "fill" && a.Value == "currentColor");

    private static string? Around(XElement element, string name) =>
        element.Ancestors().Select(a => a.Attribute(name)?.Value).FirstOrDefault(v => v is not null) ?? Initial.FirstOrDefault(i => i.Name == name).Value;

    private static void Shorten(XElement element, XAttribute attribute)
    {
        switch (attribute.Name.LocalName)
        {
            case "stroke" or "fill" when Rgb().Match(attribute.Value) is { Success: true } rgb:
                attribute.Value = $"#{Hex(rgb, 1)}{Hex(rgb, 2)}{Hex(rgb, 3)}";
                break;
            case "color" when attribute.Value == "currentColor":
                attribute.Remove();
                break;
            case "d" when element.Name.LocalName == "path":
                attribute.Value = Straightened(Line().Replace(Rounded(attribute.Value), " ").Trim());
                break;
            case "x" or "y" or "cx" or "cy" or "width" or "height" or "points" or "transform" or "stroke-width" or "font-size":
                attribute.Value = Rounded(attribute.Value).Trim();
                break;
        }
    }

    /// <summary>A level stretch of a series is its two ends, not a point a step; the line that is drawn is the same.</summary>
    private static string Straightened(string path) => !Straight().IsMatch(path) ? path
        : string.Join(' ', path.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(part => "M" + string.Join(' ', Ends(part.Split(' ', StringSplitOptions.RemoveEmptyEntries)))));

    private static List<string> Ends(string[] points)
    {
        List<string> kept = [];
        foreach (string point in points)
        {
            if (kept.Count >= 2 && IsBetween(kept[^2], kept[^1], point))
            {
                kept[^1] = point;
            }
            else
            {
                kept.Add(point);
            }
        }
        return kept;
    }

    private static bool IsBetween(string before, string middle, string after)
    {
        string[] a = before.Split(','), b = middle.Split(','), c = after.Split(',');
        return a[1] == b[1] && b[1] == c[1] && Parsed(a) <= Parsed(b) && Parsed(b) <= Parsed(c);

        static double Parsed(string[] point) => double.Parse(point[0], CultureInfo.InvariantCulture);
    }

    private static string Hex(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture).ToString("x2", CultureInfo.InvariantCulture);

    /// <summary>A tenth of a pixel is less than an eye sees; scales of marks keep what they have.</summary>
    private static string Rounded(string numbers) => Number().Replace(numbers, number =>
        double.Parse(number.Value, CultureInfo.InvariantCulture) is var value && Math.Abs(value) < 10 ? value.ToString("0.###", CultureInfo.InvariantCulture) : value.ToString("0.#", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^rgb\(\s*(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\)$")]
    private static partial Regex Rgb();

    [GeneratedRegex(@"-?\d+\.\d+")]
    private static partial Regex Number();

    /// <summary>Nothing but places and lines between them.</summary>
    [GeneratedRegex(@"^(?:M(?:-?[\d.]+,-?[\d.]+ ?)+)+$")]
    private static partial Regex Straight();

    /// <summary>After a place, another one is a line to it.</summary>
    [GeneratedRegex(@"\s+(?:L(?=[-\d]))?")]
    private static partial Regex Line();
}
