using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>One scenario on one backend, or one run of an experiment, before and again.</summary>
/// <param name="What">Which.</param>
/// <param name="Was">Fingerprint, or verdict where there is none.</param>
/// <param name="Is">The same of the new run; null: it has no such part.</param>
internal sealed record ReproducedPart(string What, string Was, string? Is)
{
    public bool IsSame => Was == Is;
}

/// <summary>A run held against the one it repeats.</summary>
/// <param name="Environment">What differs around the two: name, before, now.</param>
internal sealed record Reproduction(ImmutableArray<ReproducedPart> Parts, ImmutableArray<(string Name, string Was, string Is)> Environment)
{
    public bool IsSame => !Parts.IsEmpty && Parts.All(part => part.IsSame);

    /// <param name="was">The experiment's runs then, and <paramref name="now"/> those of today.</param>
    public static Reproduction Of(Experiment experiment, Manifest before, IEnumerable<RunOutcome> was, Manifest after, IEnumerable<RunOutcome> now)
    {
        Dictionary<(int, int), RunOutcome> again = now.ToDictionary(KeyOf);
        return new Reproduction(
            [.. was.Select(run => new ReproducedPart(WhatOf(run), Told(run), again.TryGetValue(KeyOf(run), out RunOutcome? other) ? Told(other) : null))],
            [.. Surroundings(before, after).Where(thing => thing.Was != thing.Is)]);

        static (int, int) KeyOf(RunOutcome run) => (run.Point, run.Replication);
        static string Told(RunOutcome run) => run.Fingerprint.ToString("x32", CultureInfo.InvariantCulture);
        string WhatOf(RunOutcome run) => string.Create(CultureInfo.InvariantCulture, $"{experiment.Grid.Describe(run.Point)}, replication {run.Replication}").TrimStart(',', ' ');
    }

    public static Reproduction Of(Manifest before, IReadOnlyList<JudgedBackend> was, RunResult run)
    {
        Dictionary<(string, int, string), JudgedBackend> again = JudgedBackend.Of(run).ToDictionary(KeyOf);
        return new Reproduction(
            [.. was.Select(part => new ReproducedPart($"{part.Scenario} on {part.Backend}", Told(part), again.TryGetValue(KeyOf(part), out JudgedBackend? now) ? Told(now) : null))],
            [.. Surroundings(before, run.Manifest).Where(thing => thing.Was != thing.Is)]);

        static (string, int, string) KeyOf(JudgedBackend part) => (part.Scenario, part.Ordinal, part.Backend);
    }

    public string Text(string folder)
    {
        StringBuilder text = new();
        foreach (ReproducedPart part in Parts.Where(part => !part.IsSame))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"differs: {part.What}: was {part.Was}, {(part.Is is null ? "did not run" : $"is {part.Is}")}");
        }
        foreach ((string name, string was, string now) in IsSame ? [] : Environment)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"environment: {name} was {was}, is {now}");
        }
        if (!IsSame && Environment.IsEmpty)
        {
            text.AppendLine("environment: the same commit, version, kernel and processor");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"report: {Path.Combine(folder, "report.html")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{Parts.Count(part => part.IsSame)} same, {Parts.Count(part => !part.IsSame)} different");
        return text.ToString();
    }

    public void WriteJson(Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("same", IsSame);
        json.WriteStartArray("parts");
        foreach (ReproducedPart part in Parts)
        {
            WriteTriple(part.What, part.Was, part.Is);
        }
        json.WriteEndArray();
        json.WriteStartArray("environment");
        foreach ((string name, string was, string now) in Environment)
        {
            WriteTriple(name, was, now);
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void WriteTriple(string what, string was, string? now)
        {
            json.WriteStartObject();
            json.WriteString("what", what);
            json.WriteString("was", was);
            json.WriteString("is", now);
            json.WriteEndObject();
        }
    }

    private static string Told(JudgedBackend part) => part.Fingerprint ?? part.Result.ToString().ToLowerInvariant();

    private static IEnumerable<(string Name, string Was, string Is)> Surroundings(Manifest was, Manifest now) =>
    [
        ("version", was.ToolVersion, now.ToolVersion),
        ("commit", was.GitCommit, now.GitCommit),
        ("kernel", was.Kernel, now.Kernel),
        ("processor", was.Cpu, now.Cpu),
        .. was.Probes.Select(probe => ($"backend {probe.Key}", probe.Value, now.Probes.GetValueOrDefault(probe.Key, "absent"))),
    ];
}
