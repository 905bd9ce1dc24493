using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance;

/// <summary>One frame into one program with a known state, and what upstream's program did with it.</summary>
public sealed record Vector
{
    public required string Name { get; init; }

    public required ProgramId Program { get; init; }

    public required DropletState State { get; init; }

    public required byte[] FrameIn { get; init; }

    public required byte[] FrameOut { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Of a REDIRECT; null when no slot decides the verdict.</summary>
    public RedirectTarget? Redirect { get; init; }

    /// <summary>Rows that appeared or changed, of all tables programs write, with the values they then have.</summary>
    public ImmutableArray<StateRow> Changes { get; init; } = [];
}

/// <summary>The slot of a devmap.</summary>
public readonly record struct RedirectTarget(Devmap Devmap, int Slot);

/// <summary>Droplets with their state, and sequences of walks through them; each sequence begins with that state anew.</summary>
public sealed record ChainWorld(string Name, ImmutableArray<WorldDroplet> Droplets, ImmutableArray<ChainSequence> Sequences);

/// <summary>A droplet of a world; its place in the list is its <see cref="Overlay.DropletId"/>.</summary>
public sealed record WorldDroplet(string Name, DropletState State);

/// <summary>Walks one after another; state is kept from walk to walk.</summary>
public sealed record ChainSequence(string Name, ImmutableArray<Walk> Walks);

/// <summary>One frame and its way, hop by hop.</summary>
public sealed record Walk(string Name, WalkEnd? End, Verdict FinalVerdict, ImmutableArray<WalkStep> Steps);

/// <summary>One program run of a walk. Agent counts from 0 in the droplet's list.</summary>
public sealed record WalkStep(int Droplet, ProgramId Program, int Agent, byte[] FrameIn, byte[] FrameOut, Verdict Verdict);

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
