using System.Text;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>Everything a run leaves in its folder. The report comes last, so that one that is there is whole.</summary>
internal static class RunArtifacts
{
    public static async Task WriteAsync(RunFolder folder, RunResult run)
    {
        foreach (string file in run.Scenarios.Select(s => s.Scenario.File).Distinct())
        {
            folder.Write(Path.Combine("scenarios", Path.GetFileName(file)), output => output.Write(File.ReadAllBytes(file)));
        }
        folder.Write("manifest.json", output => ManifestFile.Write(run.Manifest, output));
        folder.Write("junit.xml", output => JUnitReport.Write(run, output));
        folder.Write("summary.md", output => MarkdownSummary.Write(run, output));
        ResultsStore.Write(folder, run);
        await CaptureReport.WriteAsync(run, folder.Path);
        await HtmlReport.WriteAsync(run, folder.Path);
    }
}
