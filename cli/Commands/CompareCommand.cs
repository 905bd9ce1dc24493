using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.Harness.Results.Comparing;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab compare RUN RUN</c>: two runs, only what moved.</summary>
internal static class CompareCommand
{
    private const double Standard = 99;

    public static Command Create()
    {
        Argument<string> first = new("before") { Description = "A run's folder, or its id in --out; of a bench, the folder it left." };
        Argument<string> second = new("after") { Description = "The other." };
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        Option<double> confidence = NumberOption.Of("--confidence", "Of the interval around each difference of means, in percent, 50 to 99.9999.", 50, 99.9999, Standard);
        confidence.HelpName = "percent";
        LabCommand command = new("compare", "Hold two runs against each other and show only what moved, with intervals.", """
            Numbers measured several times moved when the interval of the difference of their means (Welch) does not hold 0; words and exact numbers when they are not equal.
            Of benches the rounds are compared. Exit 0 when nothing moved, 1 when something did.

            Examples:
              mizarlab compare 1a2b3c4d 5e6f7a8b
              mizarlab compare figures/before figures/after --confidence 99.9 --json
            """)
        {
            first,
            second,
            output,
            confidence,
            json,
        };
        command.SetAction(parsed => Run(
            KeptRun.Find(parsed.GetValue(first)!, parsed.GetValue(output)!),
            KeptRun.Find(parsed.GetValue(second)!, parsed.GetValue(output)!),
            parsed.GetValue(confidence) / 100,
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string before, string after, double confidence, bool json)
    {
        ImmutableArray<Measured> was = MeasuredRun.Read(before);
        RunDifference difference = RunDifference.Between(was, MeasuredRun.Read(after), confidence);
        if (json)
        {
            using Stream standard = Console.OpenStandardOutput();
            DifferenceTable.WriteJson(difference, standard);
        }
        else
        {
            DifferenceTable.Print(difference, confidence);
        }
        return difference.Moved.IsEmpty ? ExitCode.Held : ExitCode.Broken;
    }
}
