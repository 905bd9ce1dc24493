using MizarLab.Scenarios;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Scenarios;

/// <summary>What the handbook shows as a whole file is one: readers copy it.</summary>
public class HandbookTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs");

    /// <summary>Blocks of a language on all pages, by page and number.</summary>
    private static IEnumerable<(string Page, int Number, string Text)> Blocks(string language)
    {
        foreach (string page in Directory.GetFiles(Folder, "*.md").Order(StringComparer.Ordinal))
        {
            string[] parts = File.ReadAllText(page).Split("```");
            for (int i = 1; i < parts.Length; i += 2)
            {
                if (parts[i].StartsWith(language + "\n", StringComparison.Ordinal))
                {
                    yield return (Path.GetFileName(page), i / 2, parts[i][(language.Length + 1)..]);
                }
            }
        }
    }

    /// <summary>YAML that begins as a scenario or an experiment does; what else stands on the pages is a part of one.</summary>
    public static TheoryData<string, string> WholeFiles()
    {
        TheoryData<string, string> whole = [];
        foreach ((string page, int number, string text) in Blocks("yaml").Where(b => b.Text.Split('\n').First(line => !line.StartsWith('#')).Split(':')[0] is "name" or "experiment"))
        {
            whole.Add($"{page}, block {number}", text);
        }
        return whole;
    }

    [Theory]
    [MemberData(nameof(WholeFiles))]
    public void WholeFilesLoad(string place, string text)
    {
        if (text.Contains("\nstudy:", StringComparison.Ordinal))
        {
            Assert.True(ExperimentLoader.Load(place, text).Grid.Count > 1);
        }
        else
        {
            Assert.NotEmpty(ScenarioLoader.Load(place, text).Timeline);
        }
    }

    [Fact]
    public void ThereAreSomeOfEachKind()
    {
        Assert.Contains(Blocks("yaml"), b => b.Page == "scenarios.md" && b.Text.Contains("\nexpect:", StringComparison.Ordinal));
        Assert.Contains(Blocks("yaml"), b => b.Page == "experiments.md" && b.Text.StartsWith("experiment:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ItsScriptRuns()
    {
        string script = Assert.Single(Blocks("csharp"), b => b.Page == "scenarios.md").Text;
        using TemporaryFolder folder = new();
        string file = folder.File("x.cs");
        File.WriteAllText(file, script.Replace("../MizarLab.Scenarios.csproj", Path.Combine(Repository.Root, "scenarios", "MizarLab.Scenarios.csproj"), StringComparison.Ordinal));
        (await CommandRun.OfAsync("run", file, "--on", "model", "--out", folder.File("runs"))).Ends(0);
    }
}
