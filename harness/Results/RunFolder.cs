using System.Security.Cryptography;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Results;

/// <summary>
/// The folder of one run, <c>runs/&lt;id&gt;/</c>. Every file of a run is written through it: a name that would leave the folder is
/// refused, and a file appears whole or not at all.
/// </summary>
public sealed class RunFolder
{
    private RunFolder(string runId, string path)
    {
        RunId = runId;
        Path = path;
    }

    /// <summary>Eight lower-case hexadecimal digits.</summary>
    public string RunId { get; }

    /// <summary>Absolute, without a trailing separator.</summary>
    public string Path { get; }

    /// <summary>A fresh run id.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>Makes <c>root/runId</c>; it must not be there yet.</summary>
    /// <param name="root">The folder of all runs; made when absent.</param>
    /// <exception cref="HarnessException">The id is not one, the folder is there already, or the file system refused.</exception>
    public static RunFolder Create(string root, string runId)
    {
        if (!IsId(runId))
        {
            throw new HarnessException($"'{runId}' is not a run id: eight lower-case hexadecimal digits are");
        }
        string path = System.IO.Path.Combine(System.IO.Path.GetFullPath(root), runId);
        try
        {
            if (System.IO.Path.Exists(path))
            {
                throw new HarnessException($"{path} is there already; a run never writes into another's folder");
            }
            Directory.CreateDirectory(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            if (FileAbove(path) is { } file)
            {
                throw new HarnessException($"cannot make the run's folder {path}: {file} is a file, not a folder (name another with --out)", refusal);
            }
            throw new HarnessException($"cannot make the run's folder {path}: {refusal.Message.Split(" : '")[0].TrimEnd('.')} (name another with --out)", refusal);
        }
        return new RunFolder(runId, path);
    }

    private static string? FileAbove(string path)
    {
        string? above = path;
        while (above is not null && !System.IO.Path.Exists(above))
        {
            above = System.IO.Path.GetDirectoryName(above);
        }
        return File.Exists(above) ? above : null;
    }

    /// <summary>A folder that is there already, to go on in it.</summary>
    /// <exception cref="HarnessException">It is none of a run.</exception>
    public static RunFolder Open(string path)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string id = System.IO.Path.GetFileName(full);
        return IsId(id) && Directory.Exists(full) ? new RunFolder(id, full) : throw new HarnessException($"{path} is no run's folder");
    }

    public static bool IsId(string text) => text.Length == 8 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The absolute path of a file in this folder; its own folder is made.</summary>
    /// <param name="relative">Such as <c>figures/latency.tsv</c>.</param>
    /// <exception cref="HarnessException">It would lie outside, or a link on the way may lead outside.</exception>
    public string PathOf(string relative)
    {
        string full = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        if (!full.StartsWith(Path + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new HarnessException($"'{relative}' would be written outside the run's folder {Path}");
        }
        string parent = System.IO.Path.GetDirectoryName(full)!;
        for (string at = parent; at.Length > Path.Length; at = System.IO.Path.GetDirectoryName(at)!)
        {
            if (new DirectoryInfo(at).LinkTarget is not null)
            {
                throw new HarnessException($"'{relative}' passes through the link {at}, which may lead outside the run's folder");
            }
        }
        Directory.CreateDirectory(parent);
        return full;
    }

    /// <summary>Writes a file whole: into a temporary one beside it, flushed to the disk, then renamed over it.</summary>
    public void Write(string relative, Action<Stream> content)
    {
        string target = PathOf(relative);
        string temporary = $"{target}.{Environment.ProcessId}.part";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
