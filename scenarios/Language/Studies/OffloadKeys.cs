using MizarLab.Baselines;
using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>offload: { architecture: hoverboard, share: 0.001 }</c>.</summary>
internal static class OffloadKeys
{
    private static readonly ChoiceShape<ArchitectureKind> Who = new(
        "an architecture", ("mizar", ArchitectureKind.Mizar), ("lab", ArchitectureKind.Lab), ("hoverboard", ArchitectureKind.Hoverboard),
        ("achelous", ArchitectureKind.Achelous), ("on_demand", ArchitectureKind.OnDemand), ("full_mesh", ArchitectureKind.FullMesh));

    private static readonly Key<ArchitectureKind> Architecture = Key.Needs("architecture", Who, "Who offloads; only hoverboard and achelous by a rule.");
    private static readonly Key<double> Share = Key.Has("share", new NumberShape("a share", 0, 1), 0.001, "Hoverboard and Achelous: the busiest so many of all ordered pairs are offloaded.");
    private static readonly Key<DataRate> Threshold = Key.May("threshold", new RateShape(), "Hoverboard and Achelous: pairs of at least this rate are, whatever their share.");
    private static readonly Key<double> Active = Key.Has("active", new NumberShape("a share", 0.000_1, 1), 0.16, "Ordered pairs that talk at all.");
    private static readonly Key<double> Median = Key.Has("median", new NumberShape("bits a second", 0.001, 1e9), 78, "Bits a second that half of these pass.");
    private static readonly Key<double> Sigma = Key.Has("sigma", new NumberShape("a deviation", 0.01, 10), 4.82, "Of the logarithm of the throughput.");
    private static readonly Key<int> Draws = Key.Has("draws", new IntegerShape("a number of draws", 1_000, 50_000_000), 4_000_000, "Pairs, and packets, that are drawn.");
    private static readonly Key<SimTime> Window = Key.Has("window", Standard.PositiveTime, SimTime.FromSeconds(1_800), "Traffic is looked at so long.");
    private static readonly Key<int> Endpoints = Key.Has("endpoints", new IntegerShape("a number of endpoints", 2, 10_000_000), 40_000, "Of the network, for rows a host.");
    private static readonly Key<int> Hosts = Key.Has("hosts", new IntegerShape("a number of hosts", 1, 1_000_000), 10_000, "They live on.");

    public static readonly StudyKind Kind = new(
        new RecordShape("offload", "What stays on gateways when the busiest pairs are offloaded, under the fitted cloud matrix.", Architecture, Share, Threshold, Active, Median, Sigma, Draws, Window, Endpoints, Hosts),
        (fields, context) => new OffloadStudy(
            fields.Get(Architecture),
            new OffloadRule(fields.Given(Threshold) ? fields.Get(Threshold).BitsPerSecond : null, fields.Get(Share)),
            new CloudMatrix(fields.Get(Active), fields.Get(Median), fields.Get(Sigma)),
            fields.Get(Draws), fields.Get(Window), fields.Get(Endpoints), fields.Get(Hosts), context.Settings));
}
