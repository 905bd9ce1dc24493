using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MizarLab.Tests.Architecture;

/// <summary>A clone stands alone: nothing committed reads outside it, names a path of one machine, or names a package registry's host.</summary>
public sealed partial class CloneStandsAloneTests
{
    [Fact]
    public void No_committed_source_reads_outside_the_clone_or_names_a_registry()
    {
        List<string> found = [];
        foreach (string file in Committed())
        {
            // The fact sheet and the vectors are given texts; this file spells the patterns.
            if (file.StartsWith("docs/spec/", StringComparison.Ordinal) || file.StartsWith("tests/Conformance/Vectors/", StringComparison.Ordinal)
                || file == "docs/architecture.md" || file.EndsWith(nameof(CloneStandsAloneTests) + ".cs", StringComparison.Ordinal))
            {
                continue;
            }
            string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, file));
            for (int i = 0; i < lines.Length; i++)
            {
                if (Outside().IsMatch(lines[i]))
                {
                    found.Add($"{file}:{i + 1}: {lines[i].Trim()}");
                }
            }
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [GeneratedRegex(@"\.\./shared\b|/work/(main|shared|wt)|/opt/nuget|api\.nuget\.org|deb\.debian\.org|registry\.npmjs\.org")]
    private static partial Regex Outside();

    private static string[] Committed()
    {
        ProcessStartInfo git = new("git") { RedirectStandardOutput = true };
        foreach (string argument in new[] { "-C", Repository.Root, "ls-files", "-z", "*.cs", "*.c", "*.h", "*.sh", "*.md", "*.yaml", "*.json", "*.csproj", "*.props", "*.razor", "mizarlab", ".ci/run" })
        {
            git.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(git)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        string[] files = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(files);
        return files;
    }
}
