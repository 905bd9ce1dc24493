using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>What a run of scenarios found, out of its results.db.</summary>
internal static class ScenarioMeasures
{
    private const double PicosecondsPerNanosecond = 1_000;

    public static IReadOnlyList<Measured> Read(SqliteConnection results) =>
    [
        .. Rows(results, "SELECT name, backend, result FROM backend_results JOIN scenarios USING (scenario_id) ORDER BY backend_result_id",
            row => Measured.OfWord($"{row.GetString(0)} · {row.GetString(1)}", "result", row.GetString(2).ToLowerInvariant())),
        .. Rows(results, """
            SELECT name, backend, ordinal, kind, held FROM expectations JOIN backend_results USING (backend_result_id) JOIN scenarios USING (scenario_id)
            ORDER BY backend_result_id, ordinal
            """,
            row => Measured.OfWord($"{row.GetString(0)} · {row.GetString(1)}", Invariant($"expectation {row.GetInt32(2) + 1}, {row.GetString(3)}"), row.GetBoolean(4) ? "held" : "broken")),
        .. Rows(results, """
            SELECT name, backend, step_name, sent, arrived, returned, bytes_arrived, trouble FROM outcomes JOIN backend_results USING (backend_result_id) JOIN scenarios USING (scenario_id)
            ORDER BY backend_result_id, step
            """,
            row => Measured.OfWord(
                $"{row.GetString(0)} · {row.GetString(1)} · {row.GetString(2)}",
                "outcome",
                Invariant($"{row.GetInt64(3)} sent, {row.GetInt64(4)} arrived{(row.IsDBNull(5) ? "" : $", {row.GetInt64(5)} came back")}, {row.GetInt64(6)} B{(row.IsDBNull(7) ? "" : $"; {row.GetString(7)}")}"))),
        .. RoundTrips(results),
        .. Rows(results, """
            SELECT name, backend, droplet, table_name, group_concat(row, '; ') FROM (SELECT * FROM table_rows ORDER BY backend_result_id, droplet, table_name, ordinal)
            JOIN backend_results USING (backend_result_id) JOIN scenarios USING (scenario_id) GROUP BY backend_result_id, droplet, table_name ORDER BY backend_result_id, droplet, table_name
            """,
            row => Measured.OfWord($"{row.GetString(0)} · {row.GetString(1)} · {row.GetString(2)}", $"table {row.GetString(3)}", row.GetString(4))),
    ];

    /// <summary>A step's first round trip pays for ARP and for learning the path, so it is none of the others' kind.</summary>
    private static IEnumerable<Measured> RoundTrips(SqliteConnection results)
    {
        IEnumerable<(string Subject, bool First, double Nanoseconds)> all = Rows(results, """
            SELECT name, backend, step_name, latencies.ordinal, round_trip_ps FROM latencies JOIN outcomes USING (backend_result_id, step)
            JOIN backend_results USING (backend_result_id) JOIN scenarios USING (scenario_id) ORDER BY backend_result_id, step, latencies.ordinal
            """,
            row => ($"{row.GetString(0)} · {row.GetString(1)} · {row.GetString(2)}", row.GetInt64(3) == 0, row.GetInt64(4) / PicosecondsPerNanosecond));
        return all.GroupBy(trip => (trip.Subject, trip.First))
            .Select(trips => Measured.OfNumbers(trips.Key.Subject, trips.Key.First ? "first round trip" : "later round trips", "ns", trips.Select(trip => trip.Nanoseconds)));
    }

    private static List<T> Rows<T>(SqliteConnection results, string sql, Func<SqliteDataReader, T> make)
    {
        using SqliteCommand command = results.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader row = command.ExecuteReader();
        List<T> all = [];
        while (row.Read())
        {
            all.Add(make(row));
        }
        return all;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
