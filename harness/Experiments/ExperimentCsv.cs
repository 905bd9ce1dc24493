using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary><c>results.csv</c>: a row a run, for whoever has a spreadsheet. Appended to as runs end, and put in order when all have. The database is what is read again.</summary>
public static class ExperimentCsv
{
    public const string Name = "results.csv";

    /// <summary><c>point,replication,seed,…axes,…measures,fingerprint</c>.</summary>
    public static string Header(Experiment experiment) => Line(
        ["point", "replication", "seed", .. experiment.Grid.Axes.Select(a => a.Name), .. experiment.Measures.Select(m => m.Name), "fingerprint"]);

    public static string Row(Experiment experiment, RunOutcome run) => Line(
    [
        run.Point.ToString(CultureInfo.InvariantCulture),
        run.Replication.ToString(CultureInfo.InvariantCulture),
        run.Seed.ToString(CultureInfo.InvariantCulture),
        .. Enumerable.Range(0, experiment.Grid.Axes.Length).Select(a => experiment.Grid.ValueOf(run.Point, a).Text),
        .. run.Values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)),
        run.Fingerprint.ToString("x32", CultureInfo.InvariantCulture),
    ]);

    private static string Line(ImmutableArray<string> fields)
    {
        StringBuilder line = new();
        foreach (string field in fields)
        {
            line.Append(line.Length > 0 ? "," : "");
            line.Append(field.AsSpan().ContainsAny(",\"\n\r") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
        }
        return line.Append('\n').ToString();
    }
}
