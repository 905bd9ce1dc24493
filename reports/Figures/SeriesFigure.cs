using System.Globalization;
using System.Text;
using MizarLab.Engine;

namespace MizarLab.Reports;

/// <summary>Something over time: a value an interval.</summary>
/// <param name="Name">In the key.</param>
/// <param name="Values">By interval.</param>
public sealed record SeriesCurve(string Name, IReadOnlyList<double> Values);

/// <summary>Curves on one pair of axes.</summary>
/// <param name="Title">Above them.</param>
/// <param name="Interval">Width of every interval; the first begins at zero.</param>
/// <param name="End">Of the last.</param>
public sealed record SeriesPanel(string Title, SimTime Interval, SimTime End, IReadOnlyList<SeriesCurve> Curves);

/// <summary>
/// Series over time, a panel under the other; a step an interval. Writes <c>NAME.tsv</c>, <c>NAME.gp</c> and, with gnuplot, <c>NAME.svg</c>, as <see cref="LatencyFigure"/>
/// does.
/// </summary>
public sealed class SeriesFigure(string about, string valueLabel, IReadOnlyList<SeriesPanel> panels)
{
    private const int PanelWidth = 1060;
    private const int PanelHeight = 250;

    /// <summary>Read on white and on black, and by most who tell few colours apart; as many as curves of a panel.</summary>
    private static readonly string[] Colours = ["#3b82f6", "#ea7317", "#10a37f", "#a855f7", "#d6336c", "#8d8d2f"];

    /// <summary>Most curves of a panel.</summary>
    public static int MostCurves => Colours.Length;

    public async Task<FigureResult> DrawAsync(string folder, string name, Gnuplot gnuplot)
    {
        string script = Path.Combine(folder, name + ".gp");
        await OutputFile.WriteTextAsync(Path.Combine(folder, name + ".tsv"), Data());
        await OutputFile.WriteTextAsync(script, Script(name));
        FigureResult drawn = await gnuplot.DrawAsync(script, Path.Combine(folder, name + ".svg"));
        return drawn.Svg is { } svg ? drawn with { Svg = InlineSvg.Of(svg, name, about) } : drawn;
    }

    /// <summary>A header line, then one row an interval and curve; a last row closes the last step.</summary>
    public string Data()
    {
        StringBuilder text = new("panel\tcurve\tmilliseconds\tvalue\n");
        for (int p = 0; p < panels.Count; p++)
        {
            for (int c = 0; c < panels[p].Curves.Count; c++)
            {
                IReadOnlyList<double> values = panels[p].Curves[c].Values;
                for (int i = 0; i <= values.Count; i++)
                {
                    SimTime at = i == values.Count ? panels[p].End : new SimTime(i * panels[p].Interval.Picoseconds);
                    text.Append(CultureInfo.InvariantCulture, $"{p}\t{c}\t{at.Picoseconds / 1e9:0.#########}\t{values[Math.Min(i, values.Count - 1)]:0.######}\n");
                }
            }
        }
        return text.ToString();
    }

    /// <summary>A script that stands alone: <c>gnuplot NAME.gp</c> in the folder draws the figure again.</summary>
    public string Script(string name)
    {
        StringBuilder text = new();
        text.Append($"""
            # {about}. For a paper: set terminal pdfcairo size 16cm,{6 * panels.Count}cm; set output '{name}.pdf'
            set terminal svg size {PanelWidth},{PanelHeight * panels.Count} dynamic font 'sans-serif,11'
            set output '{name}.svg'
            set datafile separator "\t"
            set xlabel 'ms of the run' noenhanced
            set ylabel '{valueLabel}' noenhanced
            set yrange [0:*]
            set offsets 0, 0, graph 0.06, 0
            set grid xtics ytics linewidth 0.5 linecolor rgb '#888888' dashtype 3
            set border 3
            set tics nomirror
            set lmargin 10
            set rmargin 28
            set key outside right top reverse Left noenhanced
            set multiplot layout {panels.Count},1

            """.ReplaceLineEndings("\n"));
        for (int p = 0; p < panels.Count; p++)
        {
            string[] curves = [.. panels[p].Curves.Select((curve, c) =>
                $"'{name}.tsv' skip 1 using ($1 == {p} && $2 == {c} ? $3 : NaN):4 with steps linewidth 1.8 linecolor rgb '{Colours[c % Colours.Length]}' title '{Plain(curve.Name)}'")];
            text.Append(CultureInfo.InvariantCulture, $"set title '{Plain(panels[p].Title)}' noenhanced\nset xrange [0:{panels[p].End.Picoseconds / 1e9:0.#########}]\nplot \\\n  ")
                .Append(string.Join(", \\\n  ", curves)).Append('\n');
        }
        return text.Append("unset multiplot\n").ToString();
    }

    /// <summary>A user's name as gnuplot can be told it: no quote, no backslash, no control character.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => c is '\'' or '\\' || char.IsControl(c) ? '·' : c));
}
