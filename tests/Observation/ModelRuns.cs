using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Inputs;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Observation;

/// <summary>Real runs of the library's scenarios on the model.</summary>
internal static class ModelRuns
{
    public static BackendTraits Traits { get; } = new() { Name = "model", Live = false, TableChangesPerHop = true, EnforcesLinks = true };

    public static string Folder => Path.Combine(Repository.Root, "scenarios", "library");

    public static Plan Load(string file) => LoadAll(file).First();

    /// <summary>A file's scenarios: one a variant.</summary>
    public static IEnumerable<Plan> LoadAll(string file) =>
        ScenarioLoader.LoadAll(file, File.ReadAllText(Path.Combine(Folder, file)), inputs: InputFiles.Beside(Path.Combine(Folder, file))).Select(Plan.Create);

    public static BackendRun Run(Plan plan) =>
        SimulatedRun.Execute(plan, new ModelDataPlane(plan.Topology.Droplets.Length, plan.Scenario.Settings), Traits, seed: 1, CancellationToken.None);
}
