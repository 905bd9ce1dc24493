using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>An experiment as far as it is known when its figure and claims are read: resolves their names, selections and formulas, with errors at their places.</summary>
internal sealed class SweepView(Experiment experiment, Diagnostics diagnostics)
{
    public Experiment Experiment => experiment;

    public Diagnostics Diagnostics => diagnostics;

    private SweepGrid Grid => experiment.Grid;

    /// <summary>A measure's index; −1, and an error, when the study has none of this name.</summary>
    public int Measure(string name, SourcePlace where)
    {
        int measure = experiment.MeasureNamed(name);
        if (measure < 0)
        {
            diagnostics.Report(
                where, $"study '{experiment.Study}' has no measure '{YamlScalar.Clip(name)}'",
                diagnostics.Suggest(name, experiment.Measures.Select(m => m.Name)) ?? $"there are {string.Join(", ", experiment.Measures.Select(m => m.Name))}");
        }
        return measure;
    }

    /// <summary>An axis' index; −1, and an error, when the sweep has none of this name.</summary>
    /// <param name="numeric">Whether its values must be numbers, at least two of them.</param>
    public int Axis(string name, SourcePlace where, bool numeric)
    {
        int axis = Grid.AxisNamed(name);
        if (axis < 0)
        {
            diagnostics.Report(
                where, $"the sweep has no axis '{YamlScalar.Clip(name)}'",
                diagnostics.Suggest(name, Grid.Axes.Select(a => a.Name)) ?? (Grid.Axes.IsEmpty ? "there is no sweep" : $"there are {string.Join(", ", Grid.Axes.Select(a => a.Name))}"));
        }
        else if (numeric && !Grid.Axes[axis].IsNumeric)
        {
            diagnostics.Report(where, $"axis '{name}' has words, not numbers");
            return -1;
        }
        return axis;
    }

    /// <summary>The index of a value of an axis as written elsewhere; −1, and an error, when it takes no such value.</summary>
    public int Value(int axis, YamlNode node)
    {
        string text = SweepShape.TextOf(node);
        ImmutableArray<AxisValue> values = Grid.Axes[axis].Values;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Text == text || (Quantity.TryParse(text, out double number, out _) && number == values[i].Number))
            {
                return i;
            }
        }
        diagnostics.Report(
            node.Where, $"axis '{Grid.Axes[axis].Name}' takes no value {node.What}{(experiment.Quick ? " in the quick form" : "")}",
            diagnostics.Suggest(text, values.Select(v => v.Text)) ?? (values.Length <= 12 ? $"it takes {string.Join(", ", values.Select(v => v.Text))}" : null));
        return -1;
    }

    /// <summary>The points a selection means, those of a whole sweep when it is null; empty, and an error, when there are none.</summary>
    /// <param name="apart">Receives the axes the selection pins.</param>
    public ImmutableArray<int> Points(YamlNode? selection, SourcePlace where, List<int>? apart = null)
    {
        ImmutableArray<int> all = [.. Enumerable.Range(0, Grid.Count)];
        switch (selection)
        {
            case YamlMap map:
                bool known = true;
                foreach (YamlEntry entry in map.Entries)
                {
                    int axis = Axis(entry.Key.Text, entry.Key.Where, false);
                    if (axis < 0)
                    {
                        known = false;
                        continue;
                    }
                    apart?.Add(axis);
                    ImmutableArray<YamlNode> given = entry.Value is YamlList list ? list.Items : [entry.Value];
                    ImmutableArray<int> values = [.. given.Select(v => Value(axis, v))];
                    known &= !values.Contains(-1);
                    all = [.. all.Where(p => values.Contains(Grid.IndexOf(p, axis)))];
                }
                if (!known)
                {
                    return [];
                }
                break;
            case YamlScalar scalar:
                if (!ExpressionShape.Instance.TryRead(scalar, new ReadContext(diagnostics, null), out Expression formula))
                {
                    return [];
                }
                if (!TryKeep(formula, scalar.Where, scalar.Plain, out all))
                {
                    return [];
                }
                break;
        }
        if (all.IsEmpty)
        {
            diagnostics.Report(where, $"no point of the {(experiment.Quick ? "quick " : "")}sweep is meant");
        }
        return all;
    }

    /// <summary>The points a formula of axes and parameters is true of; false after its fault was reported.</summary>
    public bool TryKeep(Expression formula, SourcePlace where, bool plain, out ImmutableArray<int> kept)
    {
        kept = [];
        try
        {
            kept = [.. Enumerable.Range(0, Grid.Count).Where(p => formula.Truth(WithoutMeasures(p)))];
            return true;
        }
        catch (ExpressionException fault)
        {
            ExpressionShape.Report(diagnostics, where, plain, fault);
            return false;
        }
    }

    /// <summary>Whether every name of a formula means something, and it can be computed at every point where nothing measured is asked for. Reports otherwise.</summary>
    /// <param name="points">None when the claim's selection is wrong: names are looked at all the same.</param>
    /// <param name="truth">It must be true or false, not a number.</param>
    public bool Check(Expression? formula, SourcePlace where, ImmutableArray<int> points, bool truth = false)
    {
        if (formula is null)
        {
            return true;
        }
        int any = points.IsEmpty ? 0 : points[0];
        bool good = true;
        foreach ((string name, int column) in formula.Names)
        {
            if (experiment.NamesAt(any, _ => 1)(name) is null)
            {
                ExpressionShape.Report(diagnostics, where, true, new ExpressionException(
                    column, $"'{name}' is no axis, parameter or measure",
                    diagnostics.Suggest(name, Grid.Axes.Select(a => a.Name).Concat(experiment.Measures.Select(m => m.Name)))));
                good = false;
            }
        }
        if (!good || formula.Names.Any(n => experiment.MeasureNamed(n.Name) >= 0))
        {
            return good;
        }
        try
        {
            foreach (int point in points)
            {
                _ = truth ? formula.Truth(WithoutMeasures(point)) ? 1 : 0 : formula.Number(WithoutMeasures(point));
            }
            return true;
        }
        catch (ExpressionException fault)
        {
            ExpressionShape.Report(diagnostics, where, true, fault);
            return false;
        }
    }

    private NameLookup WithoutMeasures(int point) => experiment.NamesAt(point, _ => double.NaN);
}
