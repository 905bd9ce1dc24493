using System.Xml.Linq;

namespace MizarLab.Reports;

/// <summary>
/// A figure of gnuplot's made fit to stand in a page beside others: ids of its own, black as the page's own text colour so that it
/// can be read on dark ground, and nothing that could run or load.
/// </summary>
internal static class InlineSvg
{
    private static readonly string[] Kept = ["svg", "g", "path", "text", "tspan", "title", "desc", "defs", "circle", "use", "rect", "polygon", "line", "pattern"];

    public static string Of(string svg, string prefix, string label = "latency percentiles")
    {
        XElement root = XDocument.Parse(svg).Root!;
        // The number of a scenario and what is drawn are enough to tell figures of a page apart.
        string[] words = prefix.Split('-');
        prefix = words.Length > 2 ? $"{words[0]}-{words[^1]}" : prefix;
        root.Descendants().Where(e => !Kept.Contains(e.Name.LocalName)).Remove();
        root.DescendantNodes().OfType<XComment>().Remove();
        // gnuplot titles the picture "Gnuplot" and every curve "gnuplot_plot_1": noise in a tooltip.
        root.Descendants().Where(e => e.Name.LocalName is "title" or "desc").Remove();
        foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes().ToList())
        {
            switch (attribute.Name.LocalName)
            {
                case "id":
                    attribute.Value = $"{prefix}-{attribute.Value}";
                    break;
                case "href" when attribute.Value.StartsWith('#'):
                    attribute.Value = $"#{prefix}-{attribute.Value[1..]}";
                    break;
                case "href":
                case { } name when name.StartsWith("on", StringComparison.OrdinalIgnoreCase):
                    attribute.Remove();
                    break;
                case "stroke" or "fill" or "color" when attribute.Value is "black" or "rgb(  0,   0,   0)" or "rgb(0,0,0)":
                    attribute.Value = "currentColor";
                    break;
            }
        }
        SlimSvg.Apply(root);
        if (root.Attribute("viewBox")?.Value.Split(' ') is [_, _, var width, _])
        {
            // Drawn larger than it was meant, its letters would be larger than the page's.
            root.SetAttributeValue("style", $"max-width:{width}px");
        }
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-label", label);
        return root.ToString(SaveOptions.DisableFormatting);
    }
}
