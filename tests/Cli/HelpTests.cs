namespace MizarLab.Tests.Cli;

public sealed class HelpTests
{
    /// <summary>The commands are read from the root's help, so that a new one is held to this too.</summary>
    [Fact]
    public async Task EveryCommandHasAnExample()
    {
        CommandRun root = (await CommandRun.OfAsync("--help")).Ends(0);
        string[] lines = root.Output.Split('\n');
        string[] commands =
        [
            .. lines.SkipWhile(l => l != "Commands:").Skip(1).TakeWhile(l => l.Length > 0)
                .Where(l => l.StartsWith("  ", StringComparison.Ordinal) && l.Length > 2 && l[2] != ' ').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]),
        ];
        Assert.Empty(((string[])["run", "demo", "vectors", "trace", "validate", "schema", "list", "doctor", "clean"]).Except(commands));
        Assert.Contains("Exit codes:", root.Output, StringComparison.Ordinal);
        foreach (string command in commands)
        {
            CommandRun help = (await CommandRun.OfAsync(command, "--help")).Ends(0);
            Assert.Contains("Example", help.Output, StringComparison.Ordinal);
            Assert.Contains($"  mizarlab {command}", help.Output, StringComparison.Ordinal);
            Assert.Empty(help.Errors);
        }
    }

    [Fact]
    public async Task VersionIsOneLine() => Assert.Matches(@"\A\d+\.\d+\.\d+\S*\n\z", (await CommandRun.OfAsync("--version")).Ends(0).Output);
}
