using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>What both data planes are given: droplets' states, and frames into their programs, one after another on state that is kept.</summary>
internal sealed record FuzzCase(DataPlaneSettings Settings, ImmutableArray<DropletState> Droplets, ImmutableArray<FuzzStep> Steps);

/// <summary>One frame into one program.</summary>
internal sealed record FuzzStep(int Droplet, ProgramId Program, AgentId Agent, byte[] Frame, SimTime At);

/// <summary>In what two data planes differ.</summary>
internal enum DifferenceKind : byte
{
    Verdict,
    Reason,
    Redirect,
    Frame,
    Tables,

    /// <summary>One of them threw, or refused a row.</summary>
    Failure,

    /// <summary>Both end in the same state, and tell of different changes.</summary>
    Told,
}

/// <summary>A difference, as a case and in words.</summary>
internal sealed record Finding(FuzzCase Case, DifferenceKind Kind, string Text);
