using System.Globalization;
using System.Text;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>
/// Latency as percentiles: a panel a class of times, a curve a backend and first or later packets; x the time on a logarithmic scale, y
/// the share of packets that took no longer. Writes <c>NAME.tsv</c>, <c>NAME.gp</c> and, with gnuplot, <c>NAME.svg</c>.
/// </summary>
public static class LatencyFigure
{
    /// <summary>More points than this are no longer seen; longer series are thinned to it, with both ends kept.</summary>
    private const int PointsPerCurve = 1000;

    /// <summary>Up to so many times, each is drawn as a point on its step.</summary>
    private const int PointsSeen = 40;

    private const int PanelWidth = 530;
    private const int PanelHeight = 260;

    /// <summary>Read on white and on black. In the order of the backends; a fifth begins again.</summary>
    private static readonly string[] Colours = ["#3b82f6", "#ea7317", "#10a37f", "#a855f7"];

    public static async Task<FigureResult> DrawAsync(IReadOnlyList<LatencyRow> rows, string folder, string name, Gnuplot gnuplot)
    {
        string script = Path.Combine(folder, name + ".gp");
        await OutputFile.WriteTextAsync(Path.Combine(folder, name + ".tsv"), Data(rows));
        await OutputFile.WriteTextAsync(script, Script(rows, name));
        FigureResult drawn = await gnuplot.DrawAsync(script, Path.Combine(folder, name + ".svg"));
        return drawn.Svg is { } svg ? drawn with { Svg = InlineSvg.Of(svg, name, "latency percentiles") } : drawn;
    }

    /// <summary>A header line, then one row a point.</summary>
    public static string Data(IReadOnlyList<LatencyRow> rows)
    {
        StringBuilder text = new("class\tbackend\tpackets\tmicroseconds\tpercentile\n");
        foreach (LatencyRow row in rows)
        {
            int points = Math.Min(row.Count, PointsPerCurve);
            for (int i = 0; i < points; i++)
            {
                int at = points == 1 ? 0 : (int)((long)i * (row.Count - 1) / (points - 1));
                text.Append(CultureInfo.InvariantCulture, $"{row.Class}\t{Plain(row.Backend)}\t{Packets(row)}\t{row.Sorted[at].Picoseconds / 1_000_000m:0.######}\t{100m * (at + 1) / row.Count:0.###}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>A script that stands alone: <c>gnuplot NAME.gp</c> in the folder draws the figure again.</summary>
    public static string Script(IReadOnlyList<LatencyRow> rows, string name)
    {
        string[] classes = [.. Drawn(rows).Select(r => r.Class).Distinct()];
        string[] backends = [.. rows.Select(r => Plain(r.Backend)).Distinct()];
        int columns = Math.Min(classes.Length, 2);
        int lines = (classes.Length + columns - 1) / columns;
        StringBuilder text = new();
        text.Append($"""
            # Latency percentiles. For a paper: set terminal pdfcairo size 16cm,{7 * lines}cm; set output '{name}.pdf'
            set terminal svg size {PanelWidth * columns},{PanelHeight * lines} dynamic font 'sans-serif,11'
            set output '{name}.svg'
            set datafile separator "\t"
            set logscale x
            set offsets graph 0.05, graph 0.05, 0, 0
            set xlabel 'time in µs' noenhanced
            set ylabel 'packets not slower, in %'
            set yrange [0:104]
            set ytics 0,25,100
            set grid xtics ytics linewidth 0.5 linecolor rgb '#888888' dashtype 3
            set border 3
            set tics nomirror
            set key outside right top reverse Left noenhanced
            set multiplot layout {lines},{columns}

            """.ReplaceLineEndings("\n"));
        foreach (string one in classes)
        {
            string[] curves = [.. Drawn(rows).Where(r => r.Class == one).SelectMany(r => Curves(r, name, Array.IndexOf(backends, Plain(r.Backend))))];
            text.Append($"set title '{one}' noenhanced\nplot \\\n  ").Append(string.Join(", \\\n  ", curves)).Append('\n');
        }
        return text.Append("unset multiplot\n").ToString();
    }

    /// <summary>Rows of classes that have a distribution: one time alone is said by the table.</summary>
    public static IEnumerable<LatencyRow> Drawn(IReadOnlyList<LatencyRow> rows) =>
        rows.Where(row => rows.Any(other => other.Class == row.Class && other.Count > 1));

    /// <summary>Steps, and where there are few times their points. Equal curves stay visible under each other: each backend draws thinner than the one before.</summary>
    private static IEnumerable<string> Curves(LatencyRow row, string name, int backend)
    {
        string rows = $"'{name}.tsv' skip 1 using (strcol(1) eq '{row.Class}' && strcol(2) eq '{Plain(row.Backend)}' && strcol(3) eq '{Packets(row)}' ? $4 : NaN):5";
        string colour = $"linecolor rgb '{Colours[backend % Colours.Length]}'";
        decimal width = Math.Max(1.2m, (row.First ? 3m : 5m) - 1.6m * backend);
        yield return string.Create(CultureInfo.InvariantCulture, $"{rows} with steps linewidth {width} {(row.First ? "dashtype 2 " : "")}{colour} title '{Plain(row.Backend)}, {Packets(row)}'");
        if (row.Count <= PointsSeen)
        {
            yield return $"{rows} with points pointtype {(row.First ? 6 : 7)} pointsize 0.55 {colour} notitle";
        }
    }

    /// <summary><c>first</c> or <c>later</c>.</summary>
    public static string Packets(LatencyRow row) => row.First ? "first" : "later";

    /// <summary>A backend's name as gnuplot can be told it: no quote, no tab.</summary>
    private static string Plain(string backend) => string.Concat(backend.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
