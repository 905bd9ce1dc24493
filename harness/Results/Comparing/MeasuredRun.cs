using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Inputs;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>What a run's folder says it found, whatever kind of run it was.</summary>
public static class MeasuredRun
{
    private static readonly string[] Benches = ["data-plane.json", "plan.json", "simulator.json"];

    /// <exception cref="HarnessException">The folder holds no run, or one that is torn.</exception>
    public static ImmutableArray<Measured> Read(string folder)
    {
        string results = Path.Combine(folder, ResultsStore.Name);
        string[] benches = [.. Benches.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
        if (!File.Exists(results) && benches.Length == 0)
        {
            throw new HarnessException($"{folder} holds no run: neither {ResultsStore.Name} nor a bench's {string.Join(", ", Benches)}");
        }
        return [.. KeptInputs.Measures(folder), .. File.Exists(results) ? ReadResults(folder, results) : [], .. benches.SelectMany(BenchMeasures.Read)];
    }

    private static IReadOnlyList<Measured> ReadResults(string folder, string file)
    {
        if (ExperimentStore.IsIn(folder))
        {
            return ExperimentStore.Measures(folder);
        }
        using SqliteConnection results = ResultsStore.OpenForReading(file);
        return ScenarioMeasures.Read(results);
    }
}
