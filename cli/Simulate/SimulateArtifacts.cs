using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>What an experiment's run leaves beside its results.</summary>
internal static class SimulateArtifacts
{
    public static async Task WriteAsync(RunFolder folder, ExperimentSummary summary, DateTimeOffset started, string[] arguments)
    {
        ManifestInputs inputs = new(
            folder.RunId, started, summary.Elapsed, summary.Experiment.Seed, [DataPlaneSettings.Default.Dialect], [.. arguments], ["model"], ImmutableSortedDictionary<string, string>.Empty)
        {
            Files = KeptInputs.Facts(folder.Path),
        };
        Manifest manifest = ManifestFactory.Create(inputs, Checkout.Root);
        folder.Write(ManifestFile.Name, output => ManifestFile.Write(manifest, output));
        folder.Write("summary.json", output => ExperimentJson.Write([summary], output));
        await ExperimentReport.WriteAsync(summary, manifest, folder.Path);
    }
}
