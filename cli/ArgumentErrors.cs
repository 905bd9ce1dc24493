using System.CommandLine;
using System.CommandLine.Parsing;
using MizarLab.Scenarios;

namespace MizarLab.Cli;

/// <summary>What is wrong with a command line, each thing once and in one line, and whose <c>--help</c> says how it is right.</summary>
internal static class ArgumentErrors
{
    public static void Print(ParseResult parsed, TextWriter errors)
    {
        foreach (string message in Messages(parsed))
        {
            errors.WriteLine(Printable.Of($"mizarlab: {message}"));
        }
        errors.WriteLine($"mizarlab: try '{PathOf(parsed.CommandResult)} --help'");
    }

    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] inside = [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
        return inside.Length == 0 ? parsed.Errors.Select(e => e.Message).Distinct()
            : parsed.UnmatchedTokens is [var word, ..] ? [Unknown(word, inside)]
            : [$"a command is missing; there are {string.Join(", ", inside)}"];
    }

    private static string Unknown(string word, string[] known) => word.StartsWith('-')
        ? $"unknown option '{word}'"
        : $"no command is named '{word}'{(Spelling.Nearest(word, known) is { } near ? $" (did you mean '{near}'?)" : $"; there are {string.Join(", ", known)}")}";

    /// <summary>With the commands it is in: <c>mizarlab bench plan</c>.</summary>
    private static string PathOf(CommandResult result)
    {
        Stack<string> path = [];
        for (CommandResult? at = result; at?.Command is not (null or RootCommand); at = at.Parent as CommandResult)
        {
            path.Push(at.Command.Name);
        }
        return string.Join(' ', path.Prepend("mizarlab"));
    }
}
