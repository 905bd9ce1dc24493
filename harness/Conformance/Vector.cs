using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// One frame into one program of one droplet, and what came of it.
/// </summary>
/// <param name="Droplet">Which of the droplets there are.</param>
public sealed record ProgramRun(int Droplet, ProgramId Program, AgentId Agent, byte[] FrameIn, byte[] FrameOut, Verdict Verdict)
{
    /// <summary>Of a REDIRECT; null when no slot decides the verdict, or nobody says.</summary>
    public RedirectTarget? Redirect { get; init; }

    /// <summary>Null when the vector knows none, as upstream's.</summary>
    public Reason? Reason { get; init; }

    /// <summary>Rows that appeared, changed or went, of all tables programs write, with the values they then have; default: not compared.</summary>
    public ImmutableArray<StateRow> Changes { get; init; }

    /// <summary>The time the program reads.</summary>
    public SimTime At { get; init; }
}

/// <summary>One frame into one program with a known state, and what upstream's program did with it.</summary>
public sealed record Vector(string Name, DropletState State, ProgramRun Run)
{
    /// <summary>What the data plane is to be loaded with.</summary>
    public DataPlaneSettings Settings { get; init; } = DataPlaneSettings.Mizar;
}

/// <summary>The slot of a devmap.</summary>
public readonly record struct RedirectTarget(Devmap Devmap, int Slot);

/// <summary>Droplets with their state, and what is sent through them: sequences of walks, each beginning with that state anew, or single runs on state that is kept.</summary>
public sealed record ChainWorld(string Name, ImmutableArray<WorldDroplet> Droplets, ImmutableArray<ChainSequence> Sequences)
{
    /// <summary>Runs one after another, each with its own frame, wherever the one before went.</summary>
    public ImmutableArray<ProgramRun> Runs { get; init; } = [];

    /// <summary>What the data plane is to be loaded with.</summary>
    public DataPlaneSettings Settings { get; init; } = DataPlaneSettings.Mizar;
}

/// <summary>A droplet of a world; its place in the list is its <see cref="Overlay.DropletId"/>.</summary>
public sealed record WorldDroplet(string Name, DropletState State);

/// <summary>Walks one after another; state is kept from walk to walk.</summary>
public sealed record ChainSequence(string Name, ImmutableArray<Walk> Walks);

/// <summary>One frame and its way, hop by hop.</summary>
public sealed record Walk(string Name, WalkEnd? End, Verdict FinalVerdict, ImmutableArray<ProgramRun> Steps);

/// <summary>How a walk ends.</summary>
public enum WalkEnd : byte
{
    /// <summary>Redirected to an endpoint.</summary>
    Delivered,

    /// <summary>DROP or ABORTED.</summary>
    Dropped,

    /// <summary>PASS.</summary>
    Passed,

    /// <summary>Sent out, addressed to its sender itself or to nobody.</summary>
    Lost,

    /// <summary>Still under way after 80 steps.</summary>
    Capped,
}
