using System.CommandLine;
using MizarLab.Observation;
using MizarLab.Reports;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab validate FILE...</c>: reads scenarios and experiments and says what is wrong with them; runs nothing.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = CommonOptions.Files("file", "Scenario and experiment files; a folder stands for the *.yaml files in it, a .cs script for what it computes.");
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("validate", "Check scenarios and experiments without running them.", """
            A mistake is one line on standard error, file:line:column: what is wrong, and a suggestion where there is one. Exit 2.

            Examples:
              mizarlab validate my.yaml
              mizarlab validate scenarios/library scenarios/experiments --json
            """)
        {
            paths,
            json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed.GetValue(paths)!, parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(string[] paths, bool json, CancellationToken cancel)
    {
        RunSummary summary = new([.. ScenarioFiles.Find(paths).Select(file => Judge(file, cancel))]);
        if (json)
        {
            Judging.PrintJson(summary);
        }
        else
        {
            foreach (JudgedRow row in summary.Rows)
            {
                (row.Result == Result.Pass ? Console.Out : Console.Error).WriteLine(Printable.Of(row.Result == Result.Pass ? $"{row.Name}: valid" : row.Reason));
            }
        }
        return summary.Failed > 0 ? ExitCode.Wrong : ExitCode.Held;
    }

    private static JudgedRow Judge(string file, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            if (Scripts.IsScript(file))
            {
                Scripts.Check(file, cancel);
            }
            else if (ExperimentLoader.IsExperiment(file, ScenarioFiles.ReadBytes(file)))
            {
                ExperimentFiles.LoadAll([file], quick: false, cancel);
            }
            else
            {
                ScenarioFiles.Load(file, cancel);
            }
            return new JudgedRow(file, "", Result.Pass, "");
        }
        catch (Exception error) when (error is ScenarioException or UserError)
        {
            return new JudgedRow(file, "", Result.Fail, error.Message);
        }
    }
}
