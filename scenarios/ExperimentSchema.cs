using MizarLab.Scenarios.Experiments;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios;

/// <summary>The JSON schema of experiment files, and the reference part of docs/experiments.md: made from the key tables <see cref="ExperimentLoader"/> reads with.</summary>
public static class ExperimentSchema
{
    /// <summary>Where the schema is kept, from the repository's root.</summary>
    public const string Path = "scenarios/experiment.schema.json";

    /// <summary>The schema's text (draft 2020-12), the same every time.</summary>
    public static string Generate() => ScenarioSchema.Of(ExperimentKeys.File, "MizarLab experiment");

    /// <summary>Markdown, the same every time: the keys that docs/scenarios.md does not have already.</summary>
    public static string Reference()
    {
        string[] known = [.. ScenarioKeys.File.Records.Select(r => r.Name)];
        return ScenarioReference.Of(ExperimentKeys.File.Records.Where(r => !known.Contains(r.Name) || r.Name == "experiment"));
    }
}
