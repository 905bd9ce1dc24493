using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>An experiment that has run.</summary>
/// <param name="Elapsed">Wall time, of this command's part when it was a resumption.</param>
/// <param name="Resumed">Runs that were there before.</param>
public sealed record ExperimentEnd(SweepResults Results, ImmutableArray<ClaimResult> Claims, TimeSpan Elapsed, int Resumed)
{
    public bool Held => Claims.All(c => c.Held) && Results.Imprecise.IsEmpty;

    public int Passed => Claims.Count(c => c.Held);

    /// <summary>Claims that do not hold; a precision that was not met is one too.</summary>
    public int Failed => Claims.Count(c => !c.Held) + (Results.Imprecise.IsEmpty ? 0 : 1);
}

/// <summary>Runs an experiment from its first run, or from where another command left it, and judges its claims.</summary>
public static class ExperimentRun
{
    /// <param name="known">Runs that are with the sink already.</param>
    /// <exception cref="OperationCanceledException">Cancelled; runs that had ended are with the sink.</exception>
    /// <exception cref="StudyFailedException">A study could not be run.</exception>
    public static ExperimentEnd Execute(Experiment experiment, IBagRunner runner, RunBag bag, IRunSink sink, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        int known = bag.Made;
        if (!bag.IsDone)
        {
            runner.Run(experiment, experiment.Source, bag, sink, cancel);
        }
        SweepResults results = new(experiment, bag.Outcomes);
        return new ExperimentEnd(results, [.. experiment.Claims.Select(c => c.Judge(results))], Stopwatch.GetElapsedTime(began), known);
    }

    /// <summary>Runs an experiment once with a wrong parameter. The claims that hold although they must not are the fault.</summary>
    public static ImmutableArray<ClaimResult> ExecuteWrong(Experiment experiment, MustFail wrong, IBagRunner runner, IRunSink sink, CancellationToken cancel)
    {
        RunBag bag = new(experiment, []);
        runner.Run(experiment, wrong.Source, bag, sink, cancel);
        SweepResults results = new(experiment, bag.Outcomes);
        return [.. wrong.Claims.Select(number => experiment.Claims[number - 1].Judge(results))];
    }
}
