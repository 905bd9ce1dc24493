using System.Collections.Immutable;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Inputs;

/// <summary>
/// The files that scenarios and experiments name: captures and traces. The language opens nothing; who has it read a file hands it this, and so knows what a run depends on.
/// Names are relative paths of plain words, as <c>captures/web.pcapng</c>. For several threads.
/// </summary>
public interface IInputFiles
{
    /// <exception cref="InputException">There is no such file, or it is no capture that can be played.</exception>
    CaptureRecording Capture(string name);

    /// <exception cref="InputException">There is no such file, or it is no trace.</exception>
    ImmutableArray<TracedLife> Lives(string name);
}

/// <summary>A file that a scenario names cannot be used.</summary>
/// <param name="problem">What is wrong, without the file's name.</param>
/// <param name="mend">What to do, without brackets; null where nothing helps.</param>
public sealed class InputException(string problem, string? mend = null) : Exception(problem)
{
    public string? Mend { get; } = mend;
}

/// <summary>Of a text that lies nowhere.</summary>
internal sealed class NoInputs : IInputFiles
{
    public static readonly NoInputs Instance = new();

    public CaptureRecording Capture(string name) => throw Nowhere();

    public ImmutableArray<TracedLife> Lives(string name) => throw Nowhere();

    private static InputException Nowhere() => new("nothing is beside a text that was not read from a file", "put it into a file");
}
