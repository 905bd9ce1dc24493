using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;
using K = MizarLab.Scenarios.Experiments.ExperimentKeys;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Reads points: the file's tree with a point's values put into it, by the ordinary key tables.</summary>
/// <param name="root">The file's settings and study alone.</param>
/// <param name="values">By axis and value.</param>
/// <param name="over">Put after the axes' values.</param>
/// <param name="inputs">Files that points name.</param>
/// <param name="file">What errors call it.</param>
internal sealed class PointReader(YamlMap root, SweepGrid grid, ImmutableArray<ImmutableArray<RawValue>> values, ImmutableArray<TreePut> over, IInputFiles inputs, string file) : IStudySource
{
    private ParameterTable? last;

    public SweepGrid Grid => grid;

    /// <summary>The same points, fewer of them, or with other values put over them.</summary>
    public PointReader With(SweepGrid points, ImmutableArray<TreePut> puts) => new(root, points, values, puts, inputs, file);

    public IStudy Make(int point)
    {
        Diagnostics diagnostics = new(file);
        IStudy? study = Read(point, diagnostics);
        diagnostics.ThrowIfAny();
        return study ?? throw new InvalidOperationException("a point was not read and nothing was wrong");
    }

    /// <summary>The study of a point; null after something was reported.</summary>
    public IStudy? Read(int point, Diagnostics diagnostics)
    {
        if (!K.Point.TryRead(TreeOf(point), new ReadContext(diagnostics, null), out Fields fields))
        {
            return null;
        }
        DataPlaneSettings settings = SettingsKeys.Of(fields, null, LoadOptions.None);
        Variant<StudyKind> study = fields.Get(K.Study);
        return study.Kind.Make(study.Fields, new StudyContext(settings, inputs, diagnostics));
    }

    public ExpressionValue? Parameter(int point, string name)
    {
        ParameterTable? table = last;
        if (table?.Point != point)
        {
            table = new ParameterTable(point, TreeOf(point));
            last = table;
        }
        return table[name];
    }

    private YamlMap TreeOf(int point)
    {
        YamlMap tree = root;
        for (int axis = 0; axis < grid.Axes.Length; axis++)
        {
            foreach (TreePut put in values[axis][grid.IndexOf(point, axis)].Puts)
            {
                tree = put.Into(tree);
            }
        }
        foreach (TreePut put in over)
        {
            tree = put.Into(tree);
        }
        return tree;
    }
}
