using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Inputs;
using MizarLab.Scenarios;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments.Slurm;

/// <summary>One task of a job array: reads its chunk, runs it, leaves one result file. It touches nothing else, so it can be killed at any moment and run again anywhere.</summary>
public static class SlurmTask
{
    /// <param name="run">The run's folder, on the file system shared with the command.</param>
    /// <param name="array">Of the run's job arrays which.</param>
    /// <param name="element">Of the array.</param>
    /// <param name="threads">Processors the task was given.</param>
    /// <exception cref="HarnessException">The file or the build differ from those the run was begun with.</exception>
    public static void Run(string run, int array, int element, int threads, CancellationToken cancel)
    {
        SlurmFolder folder = new(run);
        ExperimentFacts facts = folder.ReadFacts();
        byte[] text = File.ReadAllBytes(Path.Combine(run, ExperimentFacts.Copy));
        ImmutableArray<int> chunks = folder.ReadArray(array);
        SlurmChunk chunk = element >= 0 && element < chunks.Length
            ? folder.ReadChunk(chunks[element])
            : throw new HarnessException($"array {array} of {run} has no element {element}");
        InputFiles inputs = KeptInputs.Of(run, ExperimentFacts.Copy);
        Experiment experiment = ExperimentLoader.Load(facts.File, text, facts.Quick, inputs);
        facts.CheckAgainst(ExperimentFacts.Of(facts.File, text, facts.Quick, inputs.Used), run);
        List<TimedOutcome> done = [];
        try
        {
            foreach (RunKey key in chunk.Keys)
            {
                long began = Stopwatch.GetTimestamp();
                RunOutcome outcome = LocalRunner.Make(experiment, experiment.Source.Make(key.Point), key, threads, cancel);
                done.Add(new TimedOutcome(outcome, Stopwatch.GetElapsedTime(began)));
            }
        }
        catch (StudyFailedException fault)
        {
            folder.WriteFailure(chunk.Id, array, fault.Message);
            throw;
        }
        folder.WriteResult(chunk.Id, array, TaskResult.Text(facts, done));
    }
}
