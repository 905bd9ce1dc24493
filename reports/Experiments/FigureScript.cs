using System.Globalization;
using System.Text;
using MizarLab.Studies;

namespace MizarLab.Reports;

/// <summary>The gnuplot script of an experiment's figure. It stands alone: <c>gnuplot figure.gp</c> in its folder draws the figure again.</summary>
internal static class FigureScript
{
    /// <summary>Read on white and on black.</summary>
    private static readonly string[] Colours =
        ["#3b82f6", "#ea7317", "#10a37f", "#a855f7", "#dc2626", "#0891b2", "#ca8a04", "#db2777", "#65a30d", "#6366f1", "#92400e", "#64748b"];

    private const string Claimed = "linecolor rgb '#888888'", ClaimedLine = "lines linewidth 2 dashtype (3,5)", ClaimedMark = "points pointtype 2 pointsize 1.1";

    private static readonly int[] Marks = [7, 5, 9, 11, 13, 6, 4, 8, 10, 12, 1, 2];

    /// <summary>More values than this are not each named under the axis.</summary>
    private const int MostNamed = 12;

    /// <summary>Of the lowest curve's line beyond the highest's, in points.</summary>
    private const double MostBulge = 3;

    /// <summary>Of a plot's width beside its axis, and of a letter under it, in pixels.</summary>
    private const int AxisBesides = 130, LetterOfTic = 8, BetweenTics = 6;

    private const int WholeWidth = 860, WholeHeight = 440, PanelWidth = 530, NarrowWidth = 390, PanelHeight = 350, RowOfKey = 20, LetterOfKey = 7, MarkOfKey = 70;

    public static string Of(Experiment experiment, FigurePlan plan, FigureData data, string name)
    {
        SweepAxis x = experiment.Grid.Axes[plan.X];
        int columns = data.Panels.Length switch { 1 => 1, 3 or > 4 => 3, _ => 2 };
        int lines = (data.Panels.Length + columns - 1) / columns;
        int longest = data.Panels.SelectMany(p => p.Curves).Max(c => c.Title.Length);
        int width = columns == 1 ? WholeWidth : (columns == 2 ? PanelWidth : NarrowWidth) * columns;
        // gnuplot sets the key in as many columns as its longest title leaves room for, and takes the rows from the plot.
        int besides = Math.Max(1, (width / columns) / ((longest * LetterOfKey) + MarkOfKey));
        int keyRows = (data.Panels.Max(p => p.Curves.Length) / besides) * RowOfKey;
        int height = columns == 1 ? WholeHeight + keyRows : (PanelHeight + keyRows) * lines;
        StringBuilder text = new();
        text.Append(string.Create(CultureInfo.InvariantCulture, $"""
            # {Quoted(experiment.Question)}
            # For a paper: set terminal pdfcairo size 16cm,9cm; set output '{name}.pdf'
            set terminal svg size {width},{height} dynamic font 'sans-serif,12'
            set output '{name}.svg'
            set datafile separator "\t"
            set encoding utf8
            set xlabel '{Quoted(plan.XLabel ?? Label(x.Name, x.Unit))}' noenhanced
            set ylabel "{Wrapped(YLabel(experiment, plan), columns == 1 ? 56 : 34)}" noenhanced
            set grid xtics ytics linewidth 0.5 linecolor rgb '#888888' dashtype 3
            set border 3
            set tics nomirror
            set style fill transparent solid 0.18 noborder
            set key above center horizontal reverse Left noenhanced samplen 2.5 spacing 1.25
            {XAxis(plan, x, data, (width / columns) - AxisBesides)}
            {YAxis(experiment, plan, data)}
            {(data.Panels.Length > 1 ? $"set multiplot layout {lines},{columns}" : "")}

            """).ReplaceLineEndings("\n"));
        bool words = !x.IsNumeric;
        foreach (FigurePanel panel in data.Panels)
        {
            text.Append(CultureInfo.InvariantCulture, $"set title '{Quoted(panel.Title)}' noenhanced\nplot \\\n  ");
            text.AppendJoin(", \\\n  ", Curves(panel, data, name, words, ScaleOf(experiment, plan) == 1 ? "" : "*1e-9")).Append('\n');
        }
        return text.Append(data.Panels.Length > 1 ? "unset multiplot\n" : "").ToString();
    }

    /// <summary>A panel's curves, and the names of those that only others have: a key of the same rows leaves all plots the same height.</summary>
    /// <param name="name">Of the data's file.</param>
    /// <param name="words">The axis has words, not numbers.</param>
    /// <param name="times">What every y is multiplied by; empty: nothing.</param>
    private static IEnumerable<string> Curves(FigurePanel panel, FigureData figure, string name, bool words, string times)
    {
        string Data(FigureCurve curve) => string.Create(CultureInfo.InvariantCulture, $"'{name}.tsv' index {curve.Index}");
        string Y(int column) => times.Length == 0 ? column.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"(${column}{times})");
        // Intervals first: gnuplot blanks a circle around the middle of an error bar, where another curve's mark may be.
        foreach (FigureCurve curve in panel.Curves.Where(c => c.HasBand))
        {
            if (!words && curve.Points.Length > 1)
            {
                yield return $"{Data(curve)} using 1:{Y(4)}:{Y(5)} with filledcurves {Colour(curve)} notitle";
            }
            if (words || curve.Points.Length <= MostNamed)
            {
                yield return $"{Data(curve)} using 1:{Y(3)}:{Y(4)}:{Y(5)} with yerrorbars pointtype -1 linewidth 1.5 {Colour(curve)} notitle";
            }
        }
        foreach ((int place, FigureCurve curve) in panel.Curves.Index())
        {
            // Where curves lie on each other the ones below stand out at the sides.
            double bulge = (panel.Curves.Length - 1 - place) * Math.Min(1, MostBulge / Math.Max(1, panel.Curves.Length - 1));
            string form = words ? "points" : string.Create(CultureInfo.InvariantCulture, $"linespoints linewidth {1.6 + bulge:0.##}");
            yield return string.Create(CultureInfo.InvariantCulture, $"{Data(curve)} using 1:{Y(3)} with {form} {Mark(curve)} pointsize {0.6 + (0.15 * bulge):0.##} {Colour(curve)} title '{Quoted(curve.Title)}'");
            if (curve.HasExpected)
            {
                yield return $"{Data(curve)} using 1:{Y(6)} with {(words || curve.Points.Length == 1 ? ClaimedMark : ClaimedLine)} {Claimed} notitle";
            }
        }
        FigureCurve[] all = [.. figure.Panels.SelectMany(p => p.Curves)];
        foreach (FigureCurve absent in all.Where(c => panel.Curves.All(own => own.Colour != c.Colour)).DistinctBy(c => c.Colour).OrderBy(c => c.Colour))
        {
            yield return $"NaN with {(words ? "points" : "linespoints linewidth 1.6")} {Mark(absent)} pointsize 0.6 {Colour(absent)} title '{Quoted(absent.Title)}'";
        }
        if (all.Any(c => c.HasExpected))
        {
            yield return $"NaN with {(words ? ClaimedMark : ClaimedLine)} {Claimed} title 'as claimed'";
        }
    }

    private static string Colour(FigureCurve curve) => $"linecolor rgb '{Colours[curve.Colour % Colours.Length]}'";

    private static string Mark(FigureCurve curve) => string.Create(CultureInfo.InvariantCulture, $"pointtype {Marks[curve.Colour % Marks.Length]}");

    private static string XAxis(FigurePlan plan, SweepAxis x, FigureData data, int pixels)
    {
        (double Value, string Text)[] values = [.. data.Points.Select(p => (p.X, p.XText)).Distinct().OrderBy(v => v.X)];
        string scale = plan.XLog ? "set logscale x\n" : "";
        string tics = values.Length <= MostNamed
            ? $"set xtics ({string.Join(", ", Named(plan, x, values, pixels).Select(v => string.Create(CultureInfo.InvariantCulture, $"'{Quoted(v.Text.Replace('_', ' '))}' {v.Value:R}")))})"
            : values[^1].Value >= 100_000 ? "set format x '%.1s%c'" : "set format x '%g'";
        (double low, double high) = (values[0].Value, values[^1].Value);
        string range = plan.XLog
            ? string.Create(CultureInfo.InvariantCulture, $"set xrange [{low / 1.15:R}:{high * 1.15:R}]")
            : string.Create(CultureInfo.InvariantCulture, $"set xrange [{low - Margin(low, high):R}:{high + Margin(low, high):R}]");
        return $"{scale}{tics}\n{range}";
    }

    private static double Margin(double low, double high) => high > low ? (high - low) * 0.04 : 0.5;

    /// <summary>The values that are named: of neighbours whose names would touch the first, and the last in any case.</summary>
    private static List<(double Value, string Text)> Named(FigurePlan plan, SweepAxis axis, (double Value, string Text)[] values, int pixels)
    {
        double At(double value) => plan.XLog ? Math.Log(value) : value;
        double length = Math.Max(At(values[^1].Value) - At(values[0].Value), 1e-300);
        List<(double Value, string Text)> named = [];
        foreach ((int place, (double value, string text)) in values.Index())
        {
            (double Value, string Text) next = (value, Shown(text, axis));
            while (place == values.Length - 1 && named.Count > 1 && Touches(named[^1], next))
            {
                named.RemoveAt(named.Count - 1);
            }
            if (named.Count == 0 || !Touches(named[^1], next))
            {
                named.Add(next);
            }
        }
        return named;

        bool Touches((double Value, string Text) left, (double Value, string Text) right) =>
            (At(right.Value) - At(left.Value)) / length * pixels < ((left.Text.Length + right.Text.Length) * LetterOfTic / 2.0) + BetweenTics;
    }

    /// <summary>The same range in all panels, so that they can be compared; from zero where that is near.</summary>
    private static string YAxis(Experiment experiment, FigurePlan plan, FigureData data)
    {
        double[] all = [.. data.Points.SelectMany(p => new[] { p.Y, p.Low, p.High, p.Expected }).Where(v => double.IsFinite(v) && (!plan.YLog || v > 0))];
        (double low, double high) = (all.Min(), all.Max());
        if (plan.YLog)
        {
            // A band that reaches below zero must not stretch the scale to where no mean is.
            low = Math.Max(low, data.Points.Min(p => p.Y) / 10);
            double scale = ScaleOf(experiment, plan);
            (low, high) = (low * scale / 1.6, high * scale * 1.6);
            return string.Create(CultureInfo.InvariantCulture, $"set logscale y\nset format y '{LogFormat(UnitOf(experiment, plan), low)}'{LogTics(low, high)}\nset yrange [{low:R}:{high:R}]");
        }
        double bottom = low >= 0 && low < 0.6 * high ? 0 : low - (0.08 * Math.Max(high - low, Math.Abs(high) * 0.05));
        double top = high + (0.06 * Math.Max(high - bottom, 1e-9));
        return string.Create(CultureInfo.InvariantCulture, $"set yrange [{bottom:R}:{(top > bottom ? top : bottom + 1):R}]");
    }

    /// <summary>Where there are not two decades to be named, the twos and fives between them are too.</summary>
    private static string LogTics(double low, double high)
    {
        double[] decades = [.. Enumerable.Range((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high / low)) + 2).Select(e => Math.Pow(10, e))];
        if (decades.Count(d => d >= low && d <= high) > 2)
        {
            return "";
        }
        IEnumerable<double> tics = decades.SelectMany(d => new[] { d, 2 * d, 5 * d }).Where(t => t >= low && t <= high);
        return $"\nset ytics ({string.Join(", ", tics.Select(t => t.ToString("R", CultureInfo.InvariantCulture)))})";
    }

    /// <summary>Decades: of times with the unit that suits each, of counts 10k and 1M, of shares 0.001.</summary>
    private static string LogFormat(string unit, double low) => unit is "s" or "ns" ? "%.0s %cs" : low < 1 ? "%g" : "%.0s%c";

    /// <summary>Nanoseconds are drawn as seconds on a logarithmic axis, whose decades then have the unit that suits each.</summary>
    private static double ScaleOf(Experiment experiment, FigurePlan plan) => plan.YLog && UnitOf(experiment, plan) == "ns" ? 1e-9 : 1;

    private static string UnitOf(Experiment experiment, FigurePlan plan) => experiment.Measures[plan.Y[0]].Unit;

    private static string YLabel(Experiment experiment, FigurePlan plan)
    {
        string unit = UnitOf(experiment, plan);
        string label = plan.YLabel ?? (plan.Y.Length > 1 ? "" : experiment.Measures[plan.Y[0]].Meaning);
        // A logarithmic axis of times has units at its decades.
        return unit.Length == 0 || (plan.YLabel is not null && SaysUnit(label, unit)) || label.Split(' ').Any(word => word.Trim(',', '(', ')') == unit) || (plan.YLog && (unit is "s" or "ns")) ? label : label.Length == 0 ? unit : $"{label}, {unit}";
    }

    /// <summary>An author's words need no noun after them (rows, frames), no rate after "a second" and no B after "bytes".</summary>
    private static bool SaysUnit(string label, string unit) => unit switch
    {
        "1/s" => label.Contains("a second", StringComparison.Ordinal),
        "B" => label.Contains("bytes", StringComparison.OrdinalIgnoreCase),
        _ => unit.Length > 2 && unit.All(char.IsAsciiLetter),
    };

    /// <summary>In lines of at most so many letters, within double quotes of gnuplot's.</summary>
    private static string Wrapped(string text, int letters)
    {
        StringBuilder lines = new();
        int line = 0;
        foreach (string word in Quoted(text).Replace("\\", "/", StringComparison.Ordinal).Replace("\"", "”", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool breaks = line > 0 && line + word.Length > letters;
            lines.Append(breaks ? "\\n" : line > 0 ? " " : "").Append(word);
            line = breaks ? word.Length : line + word.Length + 1;
        }
        return lines.ToString();
    }

    private static string Label(string name, string unit) => name.Replace('_', ' ') + (unit.Length > 0 ? $", {unit}" : "");

    /// <summary>Large counts in short: 10k, 1M.</summary>
    private static string Shown(string text, SweepAxis axis)
    {
        if (!axis.IsNumeric || axis.Unit.Length > 0 || !Quantity.TryNumber(text, out double number) || number < 10_000)
        {
            return text;
        }
        (double size, string suffix) = number >= 1e9 ? (1e9, "G") : number >= 1e6 ? (1e6, "M") : (1e3, "k");
        return (number / size).ToString("0.###", CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>Within single quotes of gnuplot's, and on one line.</summary>
    private static string Quoted(string text) => string.Concat(text.Where(c => !char.IsControl(c))).Replace("'", "’", StringComparison.Ordinal);
}
