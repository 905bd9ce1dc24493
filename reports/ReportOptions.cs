namespace MizarLab.Reports;

/// <summary>What keeps the report of a large run readable, and how figures are drawn.</summary>
public sealed record ReportOptions
{
    public static readonly ReportOptions Default = new();

    /// <summary>Ways drawn as ladders in one scenario; the rest is counted and listed.</summary>
    public int LaddersPerScenario { get; init; } = 12;

    /// <summary>The same of a scenario that passed, in a run of more than <see cref="ScenariosInFull"/>.</summary>
    public int LaddersOfManyScenarios { get; init; } = 3;

    /// <summary>Ways of such a scenario that are listed.</summary>
    public int PathsOfManyScenarios { get; init; } = 40;

    /// <summary>A run of more scenarios is a book that nobody reads through: those that passed are shown shorter.</summary>
    public int ScenariosInFull { get; init; } = 20;

    /// <summary>Ways listed, drawn ones among them; the rest is counted.</summary>
    public int PathsPerScenario { get; init; } = 200;

    /// <summary>Differences shown in one comparison; the rest is counted.</summary>
    public int DifferencesPerComparison { get; init; } = 20;

    /// <summary>Up to so many scenarios are shown unfolded; of more, only those that failed.</summary>
    public int ScenariosUnfolded { get; init; } = 3;

    public Gnuplot Gnuplot { get; init; } = new();
}
