using System.Text;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>A run in some twenty lines of Markdown, for a terminal, a merge request or a CI job page.</summary>
public static class MarkdownSummary
{
    /// <summary>Failures spelled out below the table; the rest is counted.</summary>
    private const int FailuresShown = 10;

    /// <summary>Writes UTF-8 without a byte order mark; leaves the stream open.</summary>
    public static void Write(RunResult run, Stream output) => output.Write(Encoding.UTF8.GetBytes(Format(run)));

    public static string Format(RunResult run)
    {
        RunSummary summary = RunSummary.Of(run);
        StringBuilder text = new();
        text.Append($"# {Wording.Of(summary.Verdict)}: {summary.Passed} passed, {summary.Failed} failed, {summary.Skipped} skipped\n\n");
        text.Append($"Run `{Code(run.Manifest.RunId)}`, {Cell(run.Manifest.StartedUtc)}, {Wording.Elapsed(run.Manifest.ElapsedMilliseconds)}, MizarLab {Cell(run.Manifest.ToolVersion)}");
        text.Append(run.Manifest.GitCommit.Length > 0 ? $" at `{Code(run.Manifest.GitCommit)}`" : "").Append($", seed {run.Manifest.Seed}.\n\n");

        string[] backends = [.. run.Scenarios.SelectMany(s => s.Backends).Select(b => b.Backend).Distinct()];
        text.Append("| scenario |").Append(string.Concat(backends.Select(b => $" {Cell(b)} |"))).Append('\n');
        text.Append("|---|").Append(string.Concat(backends.Select(_ => "---|"))).Append('\n');
        foreach (ScenarioResult scenario in run.Scenarios)
        {
            text.Append($"| {Cell(scenario.Scenario.Name)} |");
            foreach (string backend in backends)
            {
                BackendResult? result = scenario.Backends.FirstOrDefault(b => b.Backend == backend);
                text.Append($" {(result is null ? "" : Mark(RunSummary.Judge(scenario, result).Result))} |");
            }
            text.Append('\n');
        }
        AppendRows(text, "Failed", summary.Rows, row => row.Result == Result.Fail);
        AppendRows(text, "Skipped", summary.Rows, row => row.Result == Result.Skip);
        return text.ToString();
    }

    private static void AppendRows(StringBuilder text, string title, IEnumerable<JudgedRow> rows, Func<JudgedRow, bool> wanted)
    {
        JudgedRow[] chosen = [.. rows.Where(wanted)];
        if (chosen.Length == 0)
        {
            return;
        }
        text.Append($"\n## {title}\n\n");
        foreach (JudgedRow row in chosen.Take(FailuresShown))
        {
            text.Append($"* {Cell(row.Name)} on {Cell(row.Backend)}: {Cell(row.Reason)}\n");
        }
        if (chosen.Length > FailuresShown)
        {
            text.Append($"* and {chosen.Length - FailuresShown} more\n");
        }
    }

    private static string Mark(Result result) => result switch
    {
        Result.Pass => "pass",
        Result.Fail => "**fail**",
        _ => Wording.Of(result),
    };

    /// <summary>One line without meaning to Markdown or HTML.</summary>
    private static string Cell(string text)
    {
        StringBuilder cell = new(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' or '\r' or '\t' => cell.Append(' '),
                '<' => cell.Append("&lt;"),
                '>' => cell.Append("&gt;"),
                '&' => cell.Append("&amp;"),
                '|' or '*' or '_' or '`' or '[' or ']' or '\\' or '~' => cell.Append('\\').Append(c),
                _ when char.IsControl(c) => cell.Append('\uFFFD'),
                _ => cell.Append(c),
            };
        }
        return cell.ToString();
    }

    /// <summary>Ids and commits, which are letters, digits and a plus.</summary>
    private static string Code(string id) => string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c == '+' ? c : '\uFFFD'));
}
