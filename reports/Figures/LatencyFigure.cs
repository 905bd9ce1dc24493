using System.Globalization;
using System.Text;

namespace MizarLab.Reports;

/// <summary>
/// Latency as percentiles: one curve a backend and class, x the time on a logarithmic scale, y the share of packets that took no
/// longer. Writes <c>NAME.tsv</c>, <c>NAME.gp</c> and, with gnuplot, <c>NAME.svg</c>.
/// </summary>
public static class LatencyFigure
{
    /// <summary>More points than this are no longer seen; longer series are thinned to it, with both ends kept.</summary>
    private const int PointsPerCurve = 1000;

    /// <summary>Read on white and on black. In the order of the backends; a fifth begins again.</summary>
    private static readonly string[] Colours = ["#3b82f6", "#ea7317", "#10a37f", "#a855f7"];

    public static async Task<FigureResult> DrawAsync(IReadOnlyList<LatencySeries> series, string folder, string name, Gnuplot gnuplot)
    {
        Directory.CreateDirectory(folder);
        string script = Path.Combine(folder, name + ".gp");
        await OutputFile.WriteTextAsync(Path.Combine(folder, name + ".tsv"), Data(series));
        await OutputFile.WriteTextAsync(script, Script(series, name));
        FigureResult drawn = await gnuplot.DrawAsync(script, Path.Combine(folder, name + ".svg"));
        return drawn.Svg is { } svg ? drawn with { Svg = InlineSvg.Of(svg, name) } : drawn;
    }

    /// <summary>A header line, then one row a point.</summary>
    public static string Data(IReadOnlyList<LatencySeries> series)
    {
        StringBuilder text = new("backend\tclass\tmicroseconds\tpercentile\n");
        foreach (LatencySeries one in series)
        {
            int count = one.Sorted.Length;
            int points = Math.Min(count, PointsPerCurve);
            for (int i = 0; i < points; i++)
            {
                int at = points == 1 ? 0 : (int)((long)i * (count - 1) / (points - 1));
                text.Append(CultureInfo.InvariantCulture, $"{Plain(one.Backend)}\t{one.Class}\t{one.Sorted[at].Picoseconds / 1_000_000m:0.######}\t{100m * (at + 1) / count:0.###}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>A script that stands alone: <c>gnuplot NAME.gp</c> in the folder draws the figure again.</summary>
    public static string Script(IReadOnlyList<LatencySeries> series, string name)
    {
        string[] backends = [.. series.Select(s => Plain(s.Backend)).Distinct()];
        StringBuilder text = new();
        text.Append($"""
            # Latency percentiles. For a paper: set terminal pdfcairo size 8cm,6cm; set output '{name}.pdf'
            set terminal svg size 760,340 dynamic font 'sans-serif,12'
            set output '{name}.svg'
            set datafile separator "\t"
            set logscale x
            set xlabel 'time in µs' noenhanced
            set ylabel 'packets not slower, in %'
            set yrange [0:103]
            set ytics 0,25,100
            set grid xtics ytics linewidth 0.5 linecolor rgb '#888888' dashtype 3
            set border 3
            set tics nomirror
            set key outside right top reverse Left noenhanced
            plot \

            """.ReplaceLineEndings("\n"));
        for (int i = 0; i < series.Count; i++)
        {
            LatencySeries one = series[i];
            string backend = Plain(one.Backend);
            string colour = Colours[Array.IndexOf(backends, backend) % Colours.Length];
            // Equal curves stay visible under each other: each backend draws thinner than the one before.
            // A first packet has few siblings: its points are drawn, and the line between them is dashed.
            string style = one.First
                ? $"linespoints linewidth 1.2 dashtype 2 pointtype 6 pointsize 0.7 linecolor rgb '{colour}'"
                : $"linespoints linewidth {Math.Max(1.5m, 6m - 2m * Array.IndexOf(backends, backend))} pointtype 7 pointsize {(one.Sorted.Length > 50 ? "0" : "0.35")} linecolor rgb '{colour}'";
            text.Append(CultureInfo.InvariantCulture, $"  '{name}.tsv' skip 1 using (strcol(1) eq '{backend}' && strcol(2) eq '{one.Class}' ? $3 : NaN):4 with {style} title '{backend}, {one.Class}'");
            text.Append(i + 1 < series.Count ? ", \\\n" : "\n");
        }
        return text.ToString();
    }

    /// <summary>A backend's name as gnuplot can be told it: no quote, no tab.</summary>
    private static string Plain(string backend) => string.Concat(backend.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
