using System.Collections.Immutable;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>The keys of an experiment file. The study's own are in Language/Studies, a claim's in <see cref="ClaimKinds"/>.</summary>
internal static class ExperimentKeys
{
    private const int MostAnswers = 16, MostClaims = 64;

    public static readonly Key<string> Question = Key.Needs("experiment", new TextShape(200), "What is asked, as a question.");
    public static readonly Key<ImmutableArray<Placed<string>>> Answers = Key.Has("answers", new ListShape<string>(NameShape.Instance, MostAnswers), [], "Numbers of the questions (docs/spec/09) and published experiments (docs/spec/12) it answers.");
    public static readonly Key<string> Description = Key.Has("description", new TextShape(8_000), "", "What is run, why, and what is known of it, for readers.");
    public static readonly Key<Variant<StudyKind>> Study = Key.Needs("study", new VariantShape<StudyKind>("a study", StudyKinds.All, k => k.Shape), "What one run is, with its parameters.");
    public static readonly Key<ImmutableArray<RawAxis>> Sweep = Key.May("sweep", SweepShape.Instance, "The axes; without it one point.");
    public static readonly Key<ImmutableArray<Placed<Expression>>> Where = Key.Has("where", new OneOrMoreShape<Expression>(ExpressionShape.Instance, 16), [], "Formulas that are true of the points to be run; the others are left out.");
    public static readonly Key<int> Repeat = Key.May("repeat", new IntegerShape("a number of replications", 1, SweepGrid.Limit), "Independent replications of each point; without it and without precision, one. A point in which nothing is drawn is run once all the same.");

    public static readonly Key<ImmutableArray<Placed<string>>> Of = Key.Needs("of", new OneOrMoreShape<string>(new TextShape(60), 16), "The measures it is about.");
    public static readonly Key<Tolerance> Within = Key.Needs("within", ToleranceShape.Instance, "Half of the 95 % interval (Student t) at most: a share of the mean (2%) or a number in the measure's unit.");
    public static readonly Key<int> Least = Key.Has("least", new IntegerShape("a number of replications", 2, 10_000), 4, "Replications before the interval is looked at; each further round doubles them.");
    public static readonly Key<int> Most = Key.Has("most", new IntegerShape("a number of replications", 2, 100_000), 64, "Replications after which a point is given up, and with it the experiment.");
    public static readonly Key<Fields> Precision = Key.May("precision", new RecordShape("precision", "Replications until an interval is tight.", Of, Within, Least, Most), "In place of repeat: as many replications as a measure's interval needs, point by point.");

    public static readonly Key<int> Seed = Key.Has("seed", new IntegerShape("a seed", 0, int.MaxValue), 1, "Of all randomness: replication r has the hash of the two, the same at every point.");

    public static readonly Key<YamlMap> QuickStudy = Key.May("study", new RawShape("the study's keys"), "Parameters that are otherwise.");
    public static readonly Key<Fields> Quick = Key.May("quick", new RecordShape("quick", "The smaller form that tests run.", Repeat, Precision, Sweep, QuickStudy), "What simulate --quick puts over the file: axes by their path, parameters, replications.");

    public static readonly Key<Fields> Figure = Key.May("figure", FigureKeys.Shape, "The one figure; without it the report has only tables.");
    public static readonly Key<ImmutableArray<Placed<Variant<ClaimKind>>>> Claims = Key.Has(
        "claims", new ListShape<Variant<ClaimKind>>(new VariantShape<ClaimKind>("a claim", ClaimKinds.All, k => k.Shape), MostClaims), [], "What the results must show.");

    public static readonly Key<YamlMap> Put = Key.Needs("put", new RawShape("keys by their path"), "Values put over the file's and the axes' when the studies are made; formulas go on with those of the file.");
    public static readonly Key<ImmutableArray<Placed<int>>> FailingClaims = Key.Needs("claims", new OneOrMoreShape<int>(new IntegerShape("a claim's number", 1, MostClaims), MostClaims), "Claims that must not hold then, by their place in claims, from 1.");
    public static readonly Key<ImmutableArray<Placed<Fields>>> MustFail = Key.Has(
        "must_fail", new OneOrMoreShape<Fields>(new RecordShape("must_fail", "A wrong parameter, to show that claims can fail.", Put, FailingClaims), MostClaims), [], "Wrong parameters, each with the claims that must fail under it (simulate --must-fail).");

    public static readonly RecordShape File = new(
        "experiment", "One experiment: a study, the points it is run at, what they must show.",
        [Question, Answers, Description, .. SettingsKeys.All, Study, Sweep, Where, Repeat, Precision, Seed, Quick, Figure, Claims, MustFail]);

    /// <summary>What a point is read by: all that an axis can replace.</summary>
    public static readonly RecordShape Point = new("experiment", "A point of a sweep.", [.. SettingsKeys.All, Study]);
}
