using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>What a <see cref="ControlRun"/> saw: all of it counted as messages were applied.</summary>
/// <param name="Messages">About endpoints, over all receivers; a relay's copies count each.</param>
/// <param name="SetUpMessages">About networks.</param>
/// <param name="Rows">That messages of both kinds wrote.</param>
/// <param name="LastApplied">When the last message was applied: the programming time, from all endpoints' coming up at once.</param>
/// <param name="MostRowsSent">By one sender or relay.</param>
public sealed record ControlOutcome(long Messages, long SetUpMessages, long Rows, SimTime LastApplied, long MostRowsSent)
{
    /// <summary>Messages that relays took in; the rest of <see cref="Messages"/> reached hosts, gateways or the controller.</summary>
    public required long Relayed { get; init; }

    /// <summary>Rows of a host about endpoints, the mean over all hosts: those it was told, of each session the same ones, and its own.</summary>
    public required double MeanState { get; init; }

    /// <summary>The most rows of any host.</summary>
    public required long MostState { get; init; }

    /// <summary>The most rows of any host that no endpoint caused.</summary>
    public required long MostBaseRows { get; init; }

    /// <summary>Whether every message was an event of its own.</summary>
    public required bool OneByOne { get; init; }
}
