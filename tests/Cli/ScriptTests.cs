using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Namespaces;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>C# scripts as users run them: built by the SDK, run, and what is wrong with them told by their own lines.</summary>
public class ScriptTests
{
    private const string Head = "using MizarLab.Scenarios.Scripts;\n";

    [Fact]
    public async Task TheExampleRunsAndItsFolderKeepsWhatItComputed()
    {
        using TemporaryFolder folder = new();
        CommandRun run = await CommandRun.OfAsync("run", "scenarios/computed/ring_of_networks.cs", "--on", "model", "--out", folder.Path, "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(1, run.Json.GetProperty("passed").GetInt32());
        string kept = Path.Combine(Assert.Single(Directory.GetDirectories(folder.Path)), "scenarios", "ring_of_networks.yaml");
        CommandRun again = await CommandRun.OfAsync("run", kept, "--on", "model", "--out", folder.Path, "--json");
        Assert.Equal(0, again.ExitCode);
    }

    [Fact]
    public async Task AnExperimentRunsAndIsTheSameAgain()
    {
        using TemporaryFolder folder = new();
        CommandRun run = await CommandRun.OfAsync("simulate", "scenarios/computed/coprime_counts.cs", "--out", folder.Path);
        Assert.True(run.ExitCode == 0, run.Errors);
        string first = Assert.Single(Directory.GetDirectories(folder.Path));
        Assert.Contains("<figure class=\"plot\"><svg", await File.ReadAllTextAsync(Path.Combine(first, "report.html")), StringComparison.Ordinal);
        CommandRun again = await CommandRun.OfAsync("reproduce", first, "--out", folder.Path, "--json");
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(3, again.Json.GetProperty("parts").GetArrayLength());
        CommandRun compared = await CommandRun.OfAsync(["compare", .. Directory.GetDirectories(folder.Path)]);
        Assert.Equal(0, compared.ExitCode);
        Assert.StartsWith("0 moved, 9 did not", compared.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int x = ;", ":3:9: CS1525")]
    [InlineData("throw new System.InvalidOperationException(\"no more\");", ":3:1: no more")]
    [InlineData("System.Console.WriteLine(7);", ": handed nothing over")]
    [InlineData("ScriptDocument.Scenario(\"x\").Set(\"colour\", 1).Give();", ":3:1: scenario has no key 'colour'")]
    [InlineData("ScriptDocument.Scenario(\"x\").Give(); System.Environment.Exit(0);", ": left by itself with exit code 0")]
    [InlineData("static int Down(int n) => Down(n + 1) + 1; System.Console.WriteLine(Down(0));", ": the stack overflowed: Down calls itself without end")]
    public async Task WhatIsWrongIsOneClearErrorWithItsPlace(string statement, string told)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "x.cs");
        File.WriteAllText(file, $"#:project {Path.Combine(Repository.Root, "scenarios", "MizarLab.Scenarios.csproj")}\n{Head}{statement}\n");
        CommandRun run = await CommandRun.OfAsync("validate", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(file + told, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>What a script prints, by whatever way, is for who watches: standard output is the lab's.</summary>
    [Fact]
    public async Task WhatAScriptPrintsGoesToStandardError()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "x.cs");
        string text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "scenarios", "computed", "ring_of_networks.cs"));
        File.WriteAllText(file, text.Replace("#:project ../", $"#:project {Repository.Root}/scenarios/", StringComparison.Ordinal)
            + "\nusing (System.IO.Stream raw = System.Console.OpenStandardOutput()) { raw.Write(\"by the side door\\n\"u8); }\nSystem.Console.WriteLine(\"by the front door\");\n");
        CommandRun run = (await CommandRun.OfAsync("run", file, "--on", "model", "--out", folder.Path, "--json")).Ends(0);
        Assert.Equal(1, run.Json.GetProperty("passed").GetInt32());
        Assert.Contains("by the side door\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("by the front door\n", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>Nobody can stop a loop from outside; the command ends all the same.</summary>
    [Fact]
    public async Task AScriptThatDoesNotEndIsInterrupted()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("x.cs");
        File.WriteAllText(file, $"#:project {Path.Combine(Repository.Root, "scenarios", "MizarLab.Scenarios.csproj")}\nSystem.Console.WriteLine(\"looping\");\nwhile (true) {{ }}\n");
        Process command = CommandRun.Start(["run", file, "--on", "model"], folder.Path);
        Assert.Equal("looping", await command.StandardError.ReadLineAsync());
        await Command.RequireAsync("kill", ["-s", "INT", command.Id.ToString(CultureInfo.InvariantCulture)], null, CancellationToken.None);
        Assert.Equal("mizarlab: interrupted; everything made is gone\n", (await CommandRun.EndAsync(command)).Ends(130).Errors);
    }

    [Fact]
    public async Task AScriptWithoutTheLabsProjectIsToldTheLine()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "x.cs");
        File.WriteAllText(file, Head + "ScriptDocument.Scenario(\"x\").Give();\n");
        CommandRun run = await CommandRun.OfAsync("run", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("#:project", run.Errors, StringComparison.Ordinal);
    }
}
