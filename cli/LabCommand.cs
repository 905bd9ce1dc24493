using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MizarLab.Cli;

/// <summary>A command whose <c>--help</c> ends with more than its options: examples, units, what it leaves. Its summary alone stands in the list of commands.</summary>
internal sealed class LabCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>Shown under the options, as it is.</summary>
    public string Details => details;

    /// <summary>Makes every <c>--help</c> below a root show the details of the command asked about; the root's own are given here.</summary>
    public static void ShowDetails(RootCommand root, string rootDetails)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new DetailedHelp((HelpAction)help.Action!, rootDetails);
    }

    private sealed class DetailedHelp(HelpAction plain, string rootDetails) : SynchronousCommandLineAction
    {
        // Else the mistakes of a command line that asks for help would hide the help.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            int code = plain.Invoke(parsed);
            string details = parsed.CommandResult.Command switch
            {
                LabCommand command => command.Details,
                RootCommand => rootDetails,
                _ => "",
            };
            if (details.Length > 0)
            {
                parsed.InvocationConfiguration.Output.WriteLine(details);
            }
            return code;
        }
    }
}
