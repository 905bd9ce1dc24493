using System.Globalization;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Results;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>Everything a run leaves in its folder. The report comes last, so that one that is there is whole.</summary>
internal static class RunArtifacts
{
    /// <summary>Keeps the scenarios and the files they name, before they run. Files of one name from two folders are numbered, and so are several that one script made.</summary>
    public static void WriteScenarios(RunFolder folder, IReadOnlyList<LoadedScenario> scenarios)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        List<(string, InputFile)> inputs = [];
        foreach (LoadedScenario loaded in scenarios.DistinctBy(s => (s.Scenario.File, s.Text)))
        {
            string stem = Path.GetFileNameWithoutExtension(loaded.Scenario.File);
            string extension = Path.GetExtension(loaded.Scenario.File) is var own && own == ".cs" ? ".yaml" : own;
            string name = stem + extension;
            for (int number = 2; !taken.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}{extension}");
            }
            string kept = Path.Combine("scenarios", name);
            folder.Write(kept, output => output.Write(loaded.Text.Span));
            inputs.AddRange(loaded.Inputs.Select(input => (kept, input)));
        }
        KeptInputs.Keep(folder, inputs);
    }

    /// <param name="folder">The run's.</param>
    /// <param name="run">What came of it.</param>
    /// <param name="sample">Frames that captures show; null: all.</param>
    public static async Task WriteAsync(RunFolder folder, RunResult run, Sampling? sample)
    {
        folder.Write("manifest.json", output => ManifestFile.Write(run.Manifest, output));
        folder.Write("junit.xml", output => JUnitReport.Write(run, output));
        folder.Write("summary.md", output => MarkdownSummary.Write(run, output));
        ResultsStore.Write(folder, run);
        await CaptureReport.WriteAsync(run, folder.Path, sample);
        await HtmlReport.WriteAsync(run, folder.Path);
    }
}
