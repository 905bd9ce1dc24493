using System.Globalization;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Experiments;
using MizarLab.Measure;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>What an experiment's run measured, out of its database: a sample a point and measure, its replications.</summary>
internal static class ExperimentMeasures
{
    /// <summary>Of the view <c>results</c> what is neither axis nor measure.</summary>
    private static readonly string[] Keys = ["point", "replication", "seed", "fingerprint", "elapsed_us"];

    public static IReadOnlyList<Measured> Read(SqliteConnection results)
    {
        string[] axes = [.. ColumnsOf(results, "points").Except(Keys)];
        string[] measures = [.. ColumnsOf(results, "runs").Except(Keys)];
        using SqliteCommand command = results.CreateCommand();
        command.CommandText = "SELECT * FROM results ORDER BY point, replication";
        using SqliteDataReader row = command.ExecuteReader();
        List<(string Point, Moments[] Of)> points = [];
        int last = -1;
        while (row.Read())
        {
            int point = row.GetInt32(row.GetOrdinal("point"));
            if (point != last)
            {
                points.Add((string.Join(" · ", axes.Select(axis => $"{axis} {Convert.ToString(row[axis], CultureInfo.InvariantCulture)}").DefaultIfEmpty("the experiment")), new Moments[measures.Length]));
                last = point;
            }
            for (int m = 0; m < measures.Length; m++)
            {
                if (row[measures[m]] is double value)
                {
                    points[^1].Of[m].Add(value);
                }
            }
        }
        return [.. points.SelectMany(point => measures.Select((measure, m) => new Measured(point.Point, measure, "", point.Of[m], null)))];
    }

    private static List<string> ColumnsOf(SqliteConnection results, string table)
    {
        using SqliteCommand command = results.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_table_info($table) ORDER BY cid";
        command.Parameters.AddWithValue("$table", table);
        using SqliteDataReader row = command.ExecuteReader();
        List<string> names = [];
        while (row.Read())
        {
            names.Add(row.GetString(0));
        }
        return names;
    }
}
