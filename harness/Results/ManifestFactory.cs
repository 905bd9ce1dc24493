using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Observation;

namespace MizarLab.Harness.Results;

/// <summary>What of a manifest only the caller knows.</summary>
/// <param name="Arguments">The command line after the tool's name, as given.</param>
/// <param name="Probes">What was probed on this machine, by name; see <see cref="Manifest.Probes"/>.</param>
public sealed record ManifestInputs(
    string RunId,
    DateTimeOffset Started,
    TimeSpan Elapsed,
    ulong Seed,
    ImmutableArray<Dialect> Dialects,
    ImmutableArray<string> Arguments,
    ImmutableArray<string> Backends,
    ImmutableSortedDictionary<string, string> Probes)
{
    /// <summary>Files that were named; see <see cref="Manifest.Inputs"/>.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Says where a run came from, from the assembly, the checkout and the machine. What cannot be found out is said, not left out.</summary>
public static class ManifestFactory
{
    /// <param name="checkout">A folder in the checkout the tool was built from; null when there is none.</param>
    public static Manifest Create(ManifestInputs inputs, string? checkout) => new()
    {
        RunId = inputs.RunId,
        ToolVersion = ToolVersion(),
        GitCommit = checkout is null ? "" : GitCommits.Of(checkout),
        Kernel = Kernel(),
        Cpu = Cpu(),
        StartedUtc = inputs.Started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ElapsedMilliseconds = (long)inputs.Elapsed.TotalMilliseconds,
        Seed = inputs.Seed,
        Dialect = string.Join(", ", inputs.Dialects.Distinct().Order().Select(dialect => dialect.ToString().ToLowerInvariant())),
        Arguments = inputs.Arguments,
        Backends = inputs.Backends,
        Probes = inputs.Probes,
        Inputs = inputs.Files,
    };

    /// <summary>The version without the build's own suffix: the commit stands beside it.</summary>
    private static string ToolVersion() =>
        typeof(ManifestFactory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? typeof(ManifestFactory).Assembly.GetName().Version!.ToString();

    /// <summary>As <c>uname -srvm</c> says it, from where the kernel says it.</summary>
    public static string Kernel()
    {
        string architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        string release = ReadLine("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.VersionString;
        string version = ReadLine("/proc/sys/kernel/version") ?? "";
        return $"Linux {release} {version}".TrimEnd() + $" {architecture}";
    }

    public static string Cpu() => Cpu("/proc/cpuinfo");

    /// <summary>Model name and how many of it this process may use.</summary>
    internal static string Cpu(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return $"unknown ({refusal.Message}), {Environment.ProcessorCount} in use";
        }
        string? model = lines
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("CPU part", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
            .FirstOrDefault();
        return $"{model ?? "unknown model"}, {Environment.ProcessorCount} in use";
    }

    private static string? ReadLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
