using System.ComponentModel;
using System.Diagnostics;

namespace MizarLab.Harness.Results;

/// <summary>
/// The commit of a checkout. Read from git's own files, so that it is known where git is not installed or refuses a folder of
/// another owner; only whether files have changed is asked of git itself.
/// </summary>
public static class GitCommits
{
    /// <summary>Forty hexadecimal digits, with <c>+</c> behind when tracked files have changed; empty outside a checkout.</summary>
    public static string Of(string folder)
    {
        DirectoryInfo? at = new(Path.GetFullPath(folder));
        while (at is not null && !Path.Exists(Path.Combine(at.FullName, ".git")))
        {
            at = at.Parent;
        }
        if (at is null)
        {
            return "";
        }
        try
        {
            string commit = Head(Path.Combine(at.FullName, ".git"));
            return commit.Length > 0 && HasChanges(at.FullName) ? commit + "+" : commit;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Head(string dotGit)
    {
        // In a worktree .git is a file that names the real folder.
        string folder = dotGit;
        if (File.Exists(dotGit))
        {
            string text = File.ReadAllText(dotGit).Trim();
            folder = Path.GetFullPath(text["gitdir:".Length..].Trim(), Path.GetDirectoryName(dotGit)!);
        }
        string head = File.ReadAllText(Path.Combine(folder, "HEAD")).Trim();
        if (!head.StartsWith("ref:", StringComparison.Ordinal))
        {
            return Commit(head);
        }
        string reference = head["ref:".Length..].Trim();
        string commonFile = Path.Combine(folder, "commondir");
        string common = File.Exists(commonFile) ? Path.GetFullPath(File.ReadAllText(commonFile).Trim(), folder) : folder;
        foreach (string place in new[] { folder, common })
        {
            string loose = Path.Combine(place, reference);
            if (File.Exists(loose))
            {
                return Commit(File.ReadAllText(loose).Trim());
            }
        }
        string packed = Path.Combine(common, "packed-refs");
        string? line = File.Exists(packed)
            ? File.ReadLines(packed).FirstOrDefault(l => l.EndsWith(" " + reference, StringComparison.Ordinal))
            : null;
        return line is null ? "" : Commit(line.Split(' ')[0]);
    }

    private static string Commit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit) ? text : "";

    private static bool HasChanges(string folder)
    {
        ProcessStartInfo start = new("git") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "-C", folder, "status", "--porcelain", "--untracked-files=no" })
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            bool changed = git.StandardOutput.ReadToEnd().Length > 0;
            git.WaitForExit();
            return git.ExitCode == 0 && changed;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
