using MizarLab.Overlay;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Reading;

/// <summary>Scenarios and experiments are files of one form, told apart by the key with which an experiment begins.</summary>
internal static class FileKind
{
    public static bool IsExperiment(YamlNode root) => root is YamlMap map && map["experiment"] is not null;

    /// <summary>A file that is a scenario beyond doubt, though perhaps a wrong one.</summary>
    public static bool IsScenario(YamlNode root) => !IsExperiment(root) && root is YamlMap map && (map["topology"] ?? map["timeline"]) is not null;

    /// <summary>What is told of an experiment where a scenario is wanted.</summary>
    public static ScenarioError NoScenario(SourcePlace where) => new(where, "an experiment is no scenario", "mizarlab simulate runs it");

    /// <summary>What is told of a scenario where an experiment is wanted.</summary>
    public static ScenarioError NoExperiment(SourcePlace where) => new(where, "a scenario is no experiment", "mizarlab run runs it");
}
