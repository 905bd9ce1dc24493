using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>Makes the study of a point, and says what the point's parameters are.</summary>
public interface IStudySource
{
    /// <summary>The study of a point; on any thread.</summary>
    IStudy Make(int point);

    /// <summary>A parameter of a point by its key's last word or its path, as the file and its defaults give it; null when there is none.</summary>
    ExpressionValue? Parameter(int point, string name);
}

/// <summary>
/// A question, the runs that answer it, and what the answer must look like. Read from a file of scenarios/experiments; a point of its sweep is the file with the axes' values
/// put into it. It holds no study: those are made point by point.
/// </summary>
public sealed record Experiment
{
    /// <summary>What is asked, a sentence.</summary>
    public required string Question { get; init; }

    /// <summary>Numbers of the questions and published experiments it answers (docs/spec): <c>E7</c>, <c>Q3</c>.</summary>
    public required ImmutableArray<string> Answers { get; init; }

    public required string Description { get; init; }

    public required string File { get; init; }

    /// <summary>The study's kind, and where the file names it.</summary>
    public required string Study { get; init; }

    public required SourcePlace Where { get; init; }

    /// <summary>What each run measures.</summary>
    public required ImmutableArray<StudyMeasure> Measures { get; init; }

    public required SweepGrid Grid { get; init; }

    /// <summary>By point: nothing is drawn there, so one run says all.</summary>
    public required ImmutableArray<bool> Exact { get; init; }

    public required Replication Replication { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Whether it is the file's smaller form.</summary>
    public required bool Quick { get; init; }

    /// <summary>Null when the file asks for none.</summary>
    public required FigurePlan? Figure { get; init; }

    public required ImmutableArray<Claim> Claims { get; init; }

    public required ImmutableArray<MustFail> MustFail { get; init; }

    public required IStudySource Source { get; init; }

    /// <summary>Of replication r, the same at every point.</summary>
    public ulong SeedOf(int replication)
    {
        StableHash hash = new(Seed);
        hash.Add(replication);
        return (ulong)hash.Finish();
    }

    /// <summary>Replications a point has before anything is decided.</summary>
    public int FirstOf(int point) => Exact[point] ? 1 : Replication.First;

    public int MeasureNamed(string name)
    {
        for (int i = 0; i < Measures.Length; i++)
        {
            if (Measures[i].Name == name)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>What names mean at a point: its axes, then measures by their means, then parameters.</summary>
    /// <param name="measured">A measure's mean at the point, by index.</param>
    public NameLookup NamesAt(int point, Func<int, double> measured) => name =>
    {
        int axis = Grid.AxisNamed(name);
        if (axis >= 0)
        {
            AxisValue value = Grid.ValueOf(point, axis);
            return double.IsNaN(value.Number) ? ExpressionValue.Of(value.Text) : ExpressionValue.Of(value.Number);
        }
        int measure = MeasureNamed(name);
        return measure >= 0 ? ExpressionValue.Of(measured(measure)) : Source.Parameter(point, name);
    };
}

/// <summary>A wrong parameter, and the claims that must not hold with it. The claims go on believing what the file says.</summary>
/// <param name="Put">What is put where, for people: <c>study.far_bouncers: 3</c>.</param>
/// <param name="Claims">Their numbers, from 1.</param>
/// <param name="Source">Studies with the parameter put in.</param>
public sealed record MustFail(string Put, ImmutableArray<int> Claims, IStudySource Source);
