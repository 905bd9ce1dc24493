using MizarLab.Observation;
using MizarLab.Reports;
using Spectre.Console;

namespace MizarLab.Cli;

/// <summary>The table a run ends with: a row a scenario and backend, what was compared, and where the report is.</summary>
internal static class ResultTable
{
    private const int FailuresShown = 5;

    /// <summary>Columns of a terminal in which the table can still be read.</summary>
    private const int NarrowestTable = 100;

    public static void Print(RunResult run, RunSummary summary, string folder)
    {
        if (Terminal.Output.Profile.Width < NarrowestTable)
        {
            PrintLines(run);
        }
        else
        {
            PrintTable(run);
        }
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

    private static void PrintTable(RunResult run)
    {
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
        Terminal.Output.Write(table);
    }

    /// <summary>A table in a narrow terminal has columns of one letter.</summary>
    private static void PrintLines(RunResult run)
    {
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            foreach (BackendResult backend in scenario.Backends)
            {
                JudgedRow row = RunSummary.Judge(scenario, backend);
                Terminal.Output.MarkupLine($"{Coloured(row.Result)} {Markup.Escape(scenario.Scenario.Name)} on {backend.Backend}: {Markup.Escape(row.Reason)}");
            }
        }
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
