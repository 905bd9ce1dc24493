using System.Diagnostics;
using MizarLab.Harness.Results;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Results;

public class GitCommitsTests
{
    [Fact]
    public void OutsideACheckoutThereIsNone()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("", GitCommits.Of(folder.Path));
    }

    [ToolFact("git")]
    public void FollowsABranchAPackedReferenceAWorktreeAndADetachedHead()
    {
        using TemporaryFolder folder = new();
        string main = folder.File("main");
        Directory.CreateDirectory(Path.Combine(main, "below"));
        Git(main, "init", "-q", "-b", "trunk");
        Git(main, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "first");
        string commit = Git(main, "rev-parse", "HEAD");
        Assert.Equal(commit, GitCommits.Of(Path.Combine(main, "below")));

        Git(main, "pack-refs", "--all");
        Assert.Equal(commit, GitCommits.Of(main));

        Git(main, "worktree", "add", "-q", folder.File("beside"), "-b", "branch/with-a-slash");
        Assert.Equal(commit, GitCommits.Of(folder.File("beside")));

        Git(main, "checkout", "-q", "--detach");
        Assert.Equal(commit, GitCommits.Of(main));
    }

    [ToolFact("git")]
    public void AChangedFileIsAPlus()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("a"), "1");
        Git(folder.Path, "init", "-q");
        Git(folder.Path, "add", "a");
        Git(folder.Path, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
        Assert.DoesNotContain('+', GitCommits.Of(folder.Path));
        File.WriteAllText(folder.File("a"), "22");
        Assert.EndsWith("+", GitCommits.Of(folder.Path), StringComparison.Ordinal);
    }

    private static string Git(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        // A test's own checkout must not see the one around it.
        foreach (string name in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE" })
        {
            start.Environment.Remove(name);
        }
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }
}
