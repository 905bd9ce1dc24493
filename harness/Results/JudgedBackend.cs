using Microsoft.Data.Sqlite;
using MizarLab.Observation;

namespace MizarLab.Harness.Results;

/// <summary>How one scenario ended on one backend, short enough to hold two runs against each other.</summary>
/// <param name="Ordinal">Of scenarios of this name in the run, from 0.</param>
/// <param name="Fingerprint">Of all it saw; null where nothing ran, or in the kernel's own time.</param>
public sealed record JudgedBackend(string Scenario, int Ordinal, string Backend, Result Result, string? Fingerprint)
{
    /// <summary>Of a run that has just ended.</summary>
    public static IReadOnlyList<JudgedBackend> Of(RunResult run) => Numbered(run.Scenarios
        .SelectMany((scenario, place) => scenario.Backends.Select(b => (place, new JudgedBackend(scenario.Scenario.Name, 0, b.Backend, b.Result, ResultsWriter.FingerprintOf(b))))));

    /// <summary>Of a run's database.</summary>
    public static IReadOnlyList<JudgedBackend> Read(SqliteConnection results)
    {
        using SqliteCommand command = results.CreateCommand();
        command.CommandText = "SELECT scenario_id, name, backend, result, fingerprint FROM backend_results JOIN scenarios USING (scenario_id) ORDER BY backend_result_id";
        using SqliteDataReader row = command.ExecuteReader();
        List<(int, JudgedBackend)> read = [];
        while (row.Read())
        {
            read.Add((row.GetInt32(0), new JudgedBackend(row.GetString(1), 0, row.GetString(2), Enum.Parse<Result>(row.GetString(3)), row.IsDBNull(4) ? null : row.GetString(4))));
        }
        return Numbered(read);
    }

    private static List<JudgedBackend> Numbered(IEnumerable<(int Place, JudgedBackend Judged)> all)
    {
        Dictionary<string, List<int>> places = new(StringComparer.Ordinal);
        List<JudgedBackend> numbered = [];
        foreach ((int place, JudgedBackend judged) in all)
        {
            if (!places.TryGetValue(judged.Scenario, out List<int>? of))
            {
                places.Add(judged.Scenario, of = []);
            }
            if (!of.Contains(place))
            {
                of.Add(place);
            }
            numbered.Add(judged with { Ordinal = of.IndexOf(place) });
        }
        return numbered;
    }
}
