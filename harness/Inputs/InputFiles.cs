using System.Collections.Immutable;
using System.Security.Cryptography;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Traces;
using MizarLab.Packets;
using MizarLab.Scenarios.Inputs;
using MizarLab.Workload.Traffic;

namespace MizarLab.Harness.Inputs;

/// <summary>
/// The files that one scenario or experiment names, in its folder, or as a run keeps them. Each is read once, whatever the number of points that name it, and known by its digest, so that what
/// a run keeps is what was read. For several threads.
/// </summary>
/// <example><code>
/// InputFiles inputs = InputFiles.Beside("scenarios/library/replay.yaml");
/// ScenarioLoader.LoadAll(file, text, inputs: inputs);
/// KeptInputs.Keep(folder, "scenarios/replay.yaml", inputs.Used);
/// </code></example>
public sealed class InputFiles : IInputFiles
{
    /// <summary>A capture is read into memory whole.</summary>
    private const long MostCaptureBytes = 256L << 20;

    /// <summary>A trace is a database that is read row by row; the run's copy takes as much room.</summary>
    private const long MostTraceBytes = 8L << 30;

    private readonly Lock gate = new();
    private readonly Func<string, (string Path, string? Sha256)> find;
    private readonly SortedDictionary<string, InputFile> used = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Kind, string Name), InputException> refused = [];
    private readonly SortedDictionary<string, CaptureRecording> captures = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ImmutableArray<TracedLife>> traces = new(StringComparer.Ordinal);

    /// <param name="find">Where a file lies, and the digest it must have; it throws an <see cref="InputException"/> when there is none.</param>
    internal InputFiles(Func<string, (string Path, string? Sha256)> find) => this.find = find;

    /// <summary>Those in the folder of a file, and in folders there.</summary>
    public static InputFiles Beside(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return new InputFiles(name => (Path.Combine(folder, WithoutLinks(folder, name)), null));
    }

    /// <summary>Those that were read, in order of name.</summary>
    public ImmutableArray<InputFile> Used
    {
        get
        {
            lock (gate)
            {
                return [.. used.Values];
            }
        }
    }

    public CaptureRecording Capture(string name) => Once(captures, name, () =>
    {
        (string path, string? expected) = Find(name, MostCaptureBytes, "the part that matters, by editcap -A and -B or tshark -Y");
        byte[] bytes = Guard(() => File.ReadAllBytes(path));
        Note(name, path, expected, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
        try
        {
            return CaptureRecording.Read(new MemoryStream(bytes));
        }
        catch (CaptureException broken)
        {
            throw new InputException(broken.Message, broken.Message.Contains("link type", StringComparison.Ordinal) ? "capture on one Ethernet interface, not on 'any'" : "editcap -F pcapng writes what can be read of it into a new file");
        }
    });

    public ImmutableArray<TracedLife> Lives(string name) => Once(traces, name, () =>
    {
        (string path, string? expected) = Find(name, MostTraceBytes, "a part of it, by sqlite3");
        (string sum, long bytes) = Guard(() => SumOf(path));
        Note(name, path, expected, sum, bytes);
        try
        {
            return AzurePackingTrace.Read(path);
        }
        catch (HarnessException refused)
        {
            throw new InputException(refused.Message.StartsWith(path + ": ", StringComparison.Ordinal) ? refused.Message[(path.Length + 2)..] : refused.Message, "docs/workloads.md says what form it has");
        }
    });

    /// <summary>Digest and length of a file's bytes.</summary>
    internal static (string Sha256, long Bytes) SumOf(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return (Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length);
    }

    private T Once<T>(SortedDictionary<string, T> known, string name, Func<T> read)
    {
        lock (gate)
        {
            if (known.TryGetValue(name, out T? value))
            {
                return value;
            }
            if (refused.TryGetValue((typeof(T).Name, name), out InputException? before))
            {
                // Not read again for each of a sweep's points.
                throw new InputException(before.Message, before.Mend);
            }
            try
            {
                known.Add(name, value = read());
                return value;
            }
            catch (InputException wrong)
            {
                refused.Add((typeof(T).Name, name), wrong);
                throw;
            }
        }
    }

    private (string Path, string? Expected) Find(string name, long most, string mend)
    {
        (string path, string? expected) = find(name);
        FileInfo file = new(path);
        if (Directory.Exists(path))
        {
            throw new InputException("it is a folder");
        }
        if (!file.Exists)
        {
            throw new InputException("there is no such file", $"looked for {path}");
        }
        // What is no ordinary file (a pipe, a device) has no length either, and opening it might never return.
        return file.Length == 0 ? throw new InputException("it is empty, or no ordinary file")
            : file.Length > most ? throw new InputException($"{file.Length >> 20} MiB are more than the {most >> 20} that are read", mend)
            : (path, expected);
    }

    private void Note(string name, string path, string? expected, string sum, long bytes)
    {
        if (expected is not null && expected != sum)
        {
            throw new InputException($"the run's copy {path} has changed since the run began");
        }
        used[name] = new InputFile(name, path, sum, bytes);
    }

    /// <summary>A link may lead anywhere, and what a file from elsewhere names shall stay in its own folder.</summary>
    private static string WithoutLinks(string folder, string name)
    {
        string at = folder;
        foreach (string part in name.Split('/'))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null)
            {
                throw new InputException($"{at} is a link", "a copy is read, a link is not: it may lead anywhere");
            }
        }
        return name;
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new InputException(trouble.Message);
        }
    }
}
