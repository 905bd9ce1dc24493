using MizarLab.Studies;

namespace MizarLab.Harness.Experiments;

/// <summary>Takes runs as they end; never from two threads at once.</summary>
public interface IRunSink
{
    /// <summary>A run has ended.</summary>
    /// <param name="elapsed">Wall time of it.</param>
    void Ended(RunOutcome outcome, TimeSpan elapsed);
}

/// <summary>Runs a bag to its end.</summary>
public interface IBagRunner
{
    /// <summary>Takes runs from the bag and gives them to it and to the sink until it is done.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; what had ended is with the sink.</exception>
    /// <exception cref="StudyFailedException">A study could not be run.</exception>
    void Run(Experiment experiment, IStudySource source, RunBag bag, IRunSink sink, CancellationToken cancel);
}

/// <summary>A study threw where it should have measured: a defect of the study, or of parameters it should have refused.</summary>
public sealed class StudyFailedException(string message, Exception? cause = null) : Exception(message, cause);
