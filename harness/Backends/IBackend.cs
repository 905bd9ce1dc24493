using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>Whether a backend can run on this machine; <see cref="Reason"/> says what is missing, and the mend.</summary>
public readonly record struct Availability(bool Available, string Reason)
{
    public static readonly Availability Yes = new(true, "");

    public static Availability No(string reason) => new(false, reason);
}

/// <summary>What a run is given besides its plan.</summary>
/// <param name="RunId">Eight lower-case hexadecimal digits; borne by every namespace, link and container of the run.</param>
/// <param name="Folder">The run's folder, which exists; nothing is written outside it.</param>
public sealed record RunContext(string RunId, string Folder, DataPlaneSettings Settings, ulong Seed)
{
    /// <summary>How long programs take on the simulated backends; null: what the scenario asks for (<see cref="SimulatedTraits"/>).</summary>
    public Calibration? Calibration { get; init; }
}

/// <summary>A way to run a plan. Never sees another backend's result.</summary>
public interface IBackend
{
    BackendTraits Traits { get; }

    /// <summary>Cheap; asks the kernel or the engine, starts nothing.</summary>
    Availability Probe();

    /// <summary>Whether it can run this plan at all; says what it lacks.</summary>
    Availability Suits(Plan plan) => Availability.Yes;

    /// <summary>Why this plan cannot be run here, though others can: something in it that the backend cannot enforce; null when it can.</summary>
    string? Lacks(Plan plan) => null;

    /// <exception cref="HarnessException">The machine refused something; the message says what and the mend.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; everything made is gone.</exception>
    Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel);
}

/// <summary>Something outside the lab refused: a kernel, a command, an engine. The message is for the user.</summary>
public sealed class HarnessException : Exception
{
    public HarnessException(string message)
        : base(message)
    {
    }

    public HarnessException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
