using MizarLab.Observation;
using MizarLab.Reports;
using Spectre.Console;

namespace MizarLab.Cli;

/// <summary>The table a run ends with: a row a scenario and backend, what was compared, and where the report is.</summary>
internal static class ResultTable
{
    private const int FailuresShown = 5;

    public static void Print(RunResult run, RunSummary summary, string folder)
    {
        IAnsiConsole console = Terminal.Output;
        Table table = new Table().RoundedBorder().AddColumns("scenario", "backend", "result", "journeys", "hops", "frames", "table rows", "why");
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            foreach (BackendResult backend in scenario.Backends)
            {
                JudgedRow row = RunSummary.Judge(scenario, backend);
                Comparison? compared = scenario.Comparisons.FirstOrDefault(c => c.Right == backend.Backend);
                table.AddRow(
                    Markup.Escape(scenario.Scenario.Name),
                    backend.Backend,
                    Coloured(row.Result),
                    compared is null ? "" : $"{compared.Journeys}",
                    compared is null ? "" : $"{compared.Hops}",
                    compared is null ? "" : $"{compared.Frames}",
                    compared is null ? "" : $"{compared.TableRows}",
                    Markup.Escape(row.Reason));
            }
        }
        console.Write(table);
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            foreach (string note in scenario.Notes)
            {
                Console.Out.WriteLine($"note: {scenario.Scenario.Name}: {note}");
            }
            PrintFailures(scenario);
        }
        Console.Out.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        Console.Out.WriteLine(Judging.Counts(summary));
    }

    private static void PrintFailures(ScenarioResult scenario)
    {
        foreach (BackendResult backend in scenario.Backends)
        {
            foreach (ExpectationResult broken in backend.Expectations.Where(e => !e.Held).Take(FailuresShown))
            {
                Console.Out.WriteLine($"{broken.Expectation.Where}: {broken.Expectation.Kind} on {backend.Backend}: {broken.Message}");
            }
        }
        foreach (Comparison comparison in scenario.Comparisons)
        {
            foreach (Difference difference in comparison.Differences.Take(FailuresShown))
            {
                Console.Out.WriteLine(DifferenceText.Format(difference, comparison.Left, comparison.Right));
            }
        }
    }

    private static string Coloured(Result result) => result switch
    {
        Result.Pass => "[green]pass[/]",
        Result.Fail => "[red]fail[/]",
        _ => "[yellow]skip[/]",
    };
}
