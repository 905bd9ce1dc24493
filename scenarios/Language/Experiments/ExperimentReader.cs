using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;
using K = MizarLab.Scenarios.Experiments.ExperimentKeys;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Makes an experiment of a file's tree: the axes, the points, then what depends on both. Each step stops the ones after it when something was wrong.</summary>
internal sealed class ExperimentReader(YamlNode root, bool quick, IInputFiles inputs, Diagnostics diagnostics)
{
    /// <summary>Points of a wrong parameter's runs that are read beforehand; of the rest their run tells.</summary>
    private const int MustFailPoints = 1_000;

    /// <summary>Null after something was reported.</summary>
    public Experiment? Read()
    {
        if (FileKind.IsScenario(root))
        {
            throw new ScenarioException([FileKind.NoExperiment(root.Where)]);
        }
        if (!K.File.TryRead(root, new ReadContext(diagnostics, null), out Fields file) || root is not YamlMap map)
        {
            return null;
        }
        Fields? small = quick && file.Given(K.Quick) ? file.Get(K.Quick) : null;
        YamlMap? settings = WithQuick(new YamlMap(map.Where, [.. map.Entries.Where(e => TreePut.IsKey(e.Key.Text))]), file, small);
        if (settings is null || Axes(file, small) is not { } axes || Grid(axes, file) is not { } grid)
        {
            return null;
        }
        PointReader points = new(settings, grid, [.. axes.Select(a => a.Values())], [], inputs, diagnostics.File);
        if (Kept(points, file) is not { } kept)
        {
            return null;
        }
        points = kept;
        return Studies(points, file) is { } studies ? Whole(points, studies, file, small) : null;
    }

    private YamlMap? WithQuick(YamlMap tree, Fields file, Fields? small)
    {
        if (small is null || !small.Given(K.QuickStudy))
        {
            return tree;
        }
        foreach (YamlEntry entry in small.Get(K.QuickStudy).Entries)
        {
            if (file.Given(K.Sweep) && file.Get(K.Sweep).Any(a => a.Path.Text == $"study.{entry.Key.Text}"))
            {
                diagnostics.Report(entry.Key.Where, $"{entry.Key.What} is an axis", "put its values under quick: sweep");
                return null;
            }
            if (TreePut.PathOf(entry.Key with { Text = $"study.{entry.Key.Text}" }, diagnostics) is not { } path)
            {
                return null;
            }
            tree = new TreePut(entry.Key.Where, path, entry.Value).Into(tree);
        }
        return tree;
    }

    private ImmutableArray<RawAxis>? Axes(Fields file, Fields? small)
    {
        ImmutableArray<RawAxis> axes = file.Given(K.Sweep) ? file.Get(K.Sweep) : [];
        foreach (RawAxis replaced in small is not null && small.Given(K.Sweep) ? small.Get(K.Sweep) : [])
        {
            int at = axes.IndexOf(axes.FirstOrDefault(a => a.Path.Text == replaced.Path.Text)!);
            if (at < 0)
            {
                diagnostics.ReportUnknown(replaced.Path.Where, $"the sweep has no axis {replaced.Path.What}", replaced.Path.Text, axes.Select(a => a.Path.Text));
                return null;
            }
            axes = axes.SetItem(at, replaced);
        }
        return axes;
    }

    /// <summary>Counts the cells before any is made.</summary>
    private SweepGrid? Grid(ImmutableArray<RawAxis> axes, Fields file)
    {
        long cells = SweepGrid.CellsOf(axes.Select(a => a.Count));
        if (cells > SweepGrid.Limit)
        {
            diagnostics.Report(
                file.PlaceOf(K.Sweep), string.Create(CultureInfo.InvariantCulture, $"a sweep of {(cells == long.MaxValue ? "more than 10^18" : cells.ToString("N0", CultureInfo.InvariantCulture))} points"),
                string.Create(CultureInfo.InvariantCulture, $"at most {SweepGrid.Limit:N0}: larger steps, fewer axes"));
            return null;
        }
        string[] last = [.. axes.Select(a => a.Path.Text.Split('.')[^1])];
        return SweepGrid.Of([.. axes.Select((axis, i) =>
        {
            ImmutableArray<RawValue> raw = axis.Values();
            string unit = "";
            ImmutableArray<AxisValue> values = [.. raw.Select(v => new AxisValue(v.Text, Quantity.TryParse(v.Text, out double number, out unit) ? number : double.NaN, v.Where))];
            return new SweepAxis(axis.Path.Text, last.Count(l => l == last[i]) == 1 ? last[i] : axis.Path.Text, values.All(v => !double.IsNaN(v.Number)) ? unit : "", values);
        })]);
    }

    private PointReader? Kept(PointReader points, Fields file)
    {
        SweepGrid grid = points.Grid;
        foreach (Placed<Expression> constraint in file.Get(K.Where))
        {
            // Nothing of the experiment but its grid and parameters is known yet, and a constraint may ask for nothing else.
            SweepView view = new(Bare(points.With(grid, []), file), diagnostics);
            if (!view.TryKeep(constraint.Value, constraint.Where, PlainAt(constraint), out ImmutableArray<int> kept))
            {
                return null;
            }
            grid = grid.Where(p => kept.BinarySearch(p) >= 0);
            if (grid.Count == 0)
            {
                diagnostics.Report(constraint.Where, "no point of the sweep is left");
                return null;
            }
        }
        return points.With(grid, []);
    }

    /// <summary>Whether a formula stands without quotes; its text then begins where the node does.</summary>
    private bool PlainAt(Placed<Expression> formula)
    {
        return Find(root) ?? true;

        bool? Find(YamlNode node) => node switch
        {
            YamlScalar scalar => scalar.Where == formula.Where ? scalar.Plain : null,
            YamlList list => list.Items.Select(Find).FirstOrDefault(f => f is not null),
            YamlMap map => map.Entries.Select(e => Find(e.Value)).FirstOrDefault(f => f is not null),
            _ => null,
        };
    }

    /// <summary>Reads every point once: its values are good, its measures the same as the others', and whether anything is drawn in it.</summary>
    private (ImmutableArray<StudyMeasure> Measures, ImmutableArray<bool> Exact)? Studies(PointReader points, Fields file)
    {
        ImmutableArray<StudyMeasure>? measures = null;
        ImmutableArray<bool>.Builder exact = ImmutableArray.CreateBuilder<bool>(points.Grid.Count);
        for (int point = 0; point < points.Grid.Count; point++)
        {
            IStudy? study = points.Read(point, diagnostics);
            if (study is null)
            {
                // What is wrong with an axis' value is wrong at each of its points, and reported once; a few hundred points find all.
                if (point > 500)
                {
                    return null;
                }
                continue;
            }
            exact.Add(study.IsExact);
            measures ??= study.Measures;
            if (!measures.Value.SequenceEqual(study.Measures))
            {
                diagnostics.Report(file.PlaceOf(K.Study), $"the study measures other things at {points.Grid.Describe(point)} than at the first point", "sweep what leaves the measures alone");
                return null;
            }
        }
        return diagnostics.Any ? null : (measures!.Value, exact.MoveToImmutable());
    }

    private Experiment? Whole(PointReader points, (ImmutableArray<StudyMeasure> Measures, ImmutableArray<bool> Exact) studies, Fields file, Fields? small)
    {
        Experiment experiment = Bare(points, file) with { Measures = studies.Measures, Exact = studies.Exact };
        SweepView view = new(experiment, diagnostics);
        // Without one that is good, the claims are read as if there were replications enough, so that they tell only what is wrong with themselves.
        experiment = experiment with { Replication = ReplicationReader.Read(file, small, view) ?? new Replication(2, null) };
        view = new SweepView(experiment, diagnostics);
        FigurePlan? figure = file.Given(K.Figure) ? FigureKeys.Read(file.Get(K.Figure)!, view) : null;
        ImmutableArray<Placed<Variant<ClaimKind>>> given = file.Get(K.Claims);
        ImmutableArray<Claim> claims = [.. given.Select((c, i) => c.Value.Kind.Make(c.Value.Fields, i + 1, view)).OfType<Claim>()];
        ImmutableArray<MustFail> wrong = [.. file.Get(K.MustFail).Select(w => Wrong(w.Value, points, given.Length)).OfType<MustFail>()];
        return diagnostics.Any ? null : experiment with { Figure = figure, Claims = claims, MustFail = wrong };
    }

    private MustFail? Wrong(Fields fields, PointReader points, int claims)
    {
        foreach (Placed<int> number in fields.Get(K.FailingClaims))
        {
            if (number.Value > claims)
            {
                diagnostics.Report(number.Where, $"there is no claim {number.Value}", $"there are {claims}");
            }
        }
        if (TreePut.All(fields.Get(K.Put), diagnostics) is not { } puts)
        {
            return null;
        }
        PointReader source = points.With(points.Grid, puts);
        for (int point = 0; point < Math.Min(MustFailPoints, points.Grid.Count); point++)
        {
            if (source.Read(point, diagnostics) is null)
            {
                return null;
            }
        }
        return new MustFail(string.Join(", ", fields.Get(K.Put).Entries.Select(e => $"{e.Key.Text}: {SweepShape.TextOf(e.Value)}")), [.. fields.Get(K.FailingClaims).Select(c => c.Value)], source);
    }

    private Experiment Bare(PointReader points, Fields file) => new()
    {
        Question = file.Get(K.Question).Trim(),
        Answers = [.. file.Get(K.Answers).Select(a => a.Value)],
        Description = file.Get(K.Description).Trim(),
        File = diagnostics.File,
        Study = file.Get(K.Study).Kind.Shape.Name,
        Where = file.PlaceOf(K.Study),
        Measures = [],
        Grid = points.Grid,
        Exact = [],
        Replication = new Replication(1, null),
        Seed = (ulong)file.Get(K.Seed),
        Quick = quick,
        Figure = null,
        Claims = [],
        MustFail = [],
        Source = points,
    };
}
