using System.Xml.Linq;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

/// <summary>A figure made slim looks as it did: each stroke has the properties it had, in fewer bytes.</summary>
public sealed class SlimSvgTests
{
    /// <summary>What gnuplot 5.4's svg terminal writes, in small.</summary>
    private const string Drawn = """
        <svg viewBox="0 0 1060 500" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
        <g id="gnuplot_canvas"><rect x="0" y="0" width="1060" height="500" fill="none" />
        <defs><circle id="gpDot" r="0.5" stroke-width="0.5" stroke="currentColor" /><path id="gpPt0" stroke-width="0.242" stroke="currentColor" d="M-1,0 h2 M0,-1 v2" />
        <circle id="gpPt5" stroke-width="0.242" stroke="currentColor" cx="0" cy="0" r="1" /><use xlink:href="#gpPt5" id="gpPt6" fill="currentColor" stroke="none" /></defs>
        <g fill="none" color="white" stroke="currentColor" stroke-width="1.00" stroke-linecap="butt" stroke-linejoin="miter"></g>
        <g fill="none" color="gray" stroke="black" stroke-width="0.50" stroke-linecap="butt" stroke-linejoin="miter"><path stroke="rgb(136, 136, 136)" stroke-dasharray="2,4" class="gridline" d="M76.90,197.20 L844.67,197.20  " /></g>
        <g fill="none" color="black" stroke="currentColor" stroke-width="1.00" stroke-linecap="butt" stroke-linejoin="miter"><path stroke="black" d="M76.90,197.20 L85.15,197.20  " />
        <g transform="translate(69.21,200.78)" stroke="none" fill="black" font-family="sans-serif" font-size="11.00" text-anchor="end"><text><tspan font-family="sans-serif"> 0</tspan></text></g></g>
        <g id="gnuplot_plot_1"><title>gnuplot_plot_1</title><g fill="none" color="black" stroke="rgb( 59, 130, 246)" stroke-width="2.00" stroke-linecap="butt" stroke-linejoin="miter">
        <path stroke="rgb( 59, 130, 246)" d="M76.96,49.51 L-76.90,197.26 L844.67,197.20 M844.67,49.51 L76.90,49.51  " /><use xlink:href="#gpPt6" transform="translate(80.11,90.26) scale(3.60)" color="rgb( 59, 130, 246)" /></g></g>
        </g></svg>
        """;

    [Fact]
    public void Every_stroke_has_the_properties_it_had()
    {
        XElement[] before = Strokes(Drawn), after = Strokes(InlineSvg.Of(Drawn, "01-a-name-load", "a"));
        Assert.Equal(5, after.Length);
        Assert.Equal(before.Select(Look), after.Select(Look));
    }

    [Fact]
    public void What_nobody_sees_is_gone()
    {
        string slim = InlineSvg.Of(Drawn, "01-a-name-load", "a");
        Assert.Contains("d=\"M77,49.5 -76.9,197.3 844.7,197.2 M844.7,49.5 76.9,49.5\"", slim, StringComparison.Ordinal);
        Assert.Contains("stroke=\"#3b82f6\"", slim, StringComparison.Ordinal);
        Assert.Contains("href=\"#01-load-gpPt6\"", slim, StringComparison.Ordinal);
        Assert.All((string[])["gpDot", "gpPt0", "miter", "white", "tspan", "gnuplot_plot", "rgb("], gone => Assert.DoesNotContain(gone, slim.Replace("color=\"rgb", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.True(slim.Length * 3 < Drawn.Length * 2, $"{slim.Length} of {Drawn.Length}");
    }

    [Theory]
    [InlineData("M0.04,5.00 L1.00,5.00 L2.00,5.00 L3.00,5.00 L3.00,9.00 L4.00,9.00 L5.00,9.00 L6.00,8.00", "M0.04,5 3,5 3,9 5,9 6,8")]
    [InlineData("M0.00,5.00 L2.00,5.00 L1.00,5.00 M7.00,5.00 L8.00,5.00", "M0,5 2,5 1,5 M7,5 8,5")]
    [InlineData("M0.00,5.00 L1.00,5.00 L2.00,5.00 L2.00,0.00 Z", "M0,5 1,5 2,5 2,0 Z")]
    public void A_level_stretch_is_its_ends(string drawn, string slim) =>
        Assert.Contains($"d=\"{slim}\"", InlineSvg.Of($"<svg viewBox=\"0 0 9 9\" xmlns=\"http://www.w3.org/2000/svg\"><path d=\"{drawn}\" /></svg>", "x", "a"), StringComparison.Ordinal);

    private static XElement[] Strokes(string svg) =>
        [.. XDocument.Parse(svg).Root!.Descendants().Where(e => e.Name.LocalName is "path" or "use" or "text" && !e.Ancestors().Any(a => a.Name.LocalName == "defs"))];

    /// <summary>The properties that it draws with, its own or inherited.</summary>
    private static string Look(XElement element) => string.Join(' ', new[] { ("fill", "none"), ("stroke", "none"), ("stroke-width", "1"), ("stroke-dasharray", ""), ("font-family", ""), ("font-size", ""), ("text-anchor", "") }
        .Where(p => element.Name.LocalName == "text" || !p.Item1.StartsWith("font", StringComparison.Ordinal))
        .Select(p => element.AncestorsAndSelf().Select(a => a.Attribute(p.Item1)?.Value).FirstOrDefault(v => v is not null) ?? p.Item2)
        .Select(value => value switch
        {
            "black" => "currentColor",
            "rgb( 59, 130, 246)" => "#3b82f6",
            "rgb(136, 136, 136)" => "#888888",
            _ => value.Replace(".00", "", StringComparison.Ordinal).Replace("0.50", "0.5", StringComparison.Ordinal),
        })) + element.Value.Trim();
}
