using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Inputs;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>What is kept with an experiment's results, so that a resumption mixes nothing: the file as it was, its form, and the build that ran it.</summary>
/// <param name="Text">SHA-256 of the file's bytes; where it names files, of its own digest and theirs.</param>
/// <param name="Build">Of the assemblies a result depends on; equal for equal sources.</param>
public sealed record ExperimentFacts(string File, string Text, bool Quick, string Build)
{
    /// <summary>The experiment's copy in its run's folder.</summary>
    public const string Copy = "experiment.yaml";

    /// <summary>Files that the experiment named; not read back.</summary>
    public ImmutableArray<InputFile> Inputs { get; init; } = [];

    /// <param name="inputs">Files that the experiment named.</param>
    public static ExperimentFacts Of(string file, ReadOnlySpan<byte> text, bool quick, ImmutableArray<InputFile> inputs) =>
        new(file, SumOf(Convert.ToHexStringLower(SHA256.HashData(text)), inputs), quick, ThisBuild()) { Inputs = inputs };

    private static string SumOf(string text, ImmutableArray<InputFile> inputs) => inputs.IsEmpty
        ? text
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{text}\n{string.Concat(inputs.Select(input => $"{input.Sha256} {input.Name}\n"))}")));

    public ImmutableSortedDictionary<string, string> ToRows(Experiment experiment) => ImmutableSortedDictionary<string, string>.Empty
        .Add("file", File)
        .Add("text_sha256", Text)
        .Add("quick", Quick ? "1" : "0")
        .Add("build", Build)
        .Add("question", experiment.Question)
        .Add("study", experiment.Study)
        .Add("seed", experiment.Seed.ToString(CultureInfo.InvariantCulture))
        .AddRange(Inputs.Select(input => KeyValuePair.Create($"file {input.Name}", input.Sha256)));

    /// <exception cref="HarnessException">Something is missing.</exception>
    public static ExperimentFacts Read(string folder)
    {
        ImmutableSortedDictionary<string, string> rows = ExperimentStore.Facts(folder);
        return rows.TryGetValue("file", out string? file) && rows.TryGetValue("text_sha256", out string? text) && rows.TryGetValue("quick", out string? quick) && rows.TryGetValue("build", out string? build)
            ? new ExperimentFacts(file, text, quick == "1", build)
            : throw new HarnessException($"{folder} holds no experiment's run");
    }

    /// <exception cref="HarnessException">Resumed now, the results would be of two experiments or two builds.</exception>
    public void CheckAgainst(ExperimentFacts now, string folder)
    {
        if (Text != now.Text)
        {
            throw new HarnessException($"{Path.Combine(folder, Copy)} or a file it names has changed since the run began: its results belong to another experiment");
        }
        if (Build != now.Build)
        {
            throw new HarnessException($"{folder} was begun by another build of the lab: go back to that, or run the experiment anew");
        }
    }

    /// <summary>Compilers make the same module version of the same sources.</summary>
    private static string ThisBuild() => string.Join('-', new[] { typeof(IStudy), typeof(Scenarios.ExperimentLoader) }.Select(t => t.Module.ModuleVersionId.ToString("N")));
}
