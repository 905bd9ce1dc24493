using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>The word for one judged thing; <see cref="Skip"/> is neither held nor broken.</summary>
public enum Result : byte
{
    Pass,
    Fail,

    /// <summary>Could not run here; the reason says why.</summary>
    Skip,
}

/// <summary>How an expectation came out on one backend. <see cref="Message"/> says what was seen, also when it held.</summary>
public sealed record ExpectationResult(Expectation Expectation, bool Held, string Message);

/// <summary>One field that differs.</summary>
public sealed record FieldDifference(string Field, string Left, string Right);

/// <summary>
/// One thing two backends disagree on. Columns are headed by the backends' names; frames are given where frames differ.
/// </summary>
public sealed record Difference
{
    /// <summary>The timeline step's place in the user's file, when one step is concerned.</summary>
    public SourcePlace? Where { get; init; }

    /// <summary>Which journey and hop, in words: <c>step 'ping-1', a → c frame 1, hop 2 at switch-1 (transit)</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// What differs: <c>frame</c>, <c>frame in</c>, <c>frame out</c>, <c>verdict</c>, <c>path</c>, <c>end</c>, <c>sightings</c>, <c>count</c>, <c>time</c>, <c>table changes</c>,
    /// <c>outcome</c>, <c>table</c>, <c>dialect</c>, <c>evidence</c>.
    /// </summary>
    public required string Aspect { get; init; }

    public required string Left { get; init; }

    public required string Right { get; init; }

    public ImmutableArray<FieldDifference> Fields { get; init; } = [];

    public byte[]? LeftFrame { get; init; }

    public byte[]? RightFrame { get; init; }
}

/// <summary>Two runs of one scenario held against each other.</summary>
public sealed record Comparison
{
    public required string Left { get; init; }

    public required string Right { get; init; }

    /// <summary>What was compared, so that an empty comparison is seen to be empty.</summary>
    public required int Journeys { get; init; }

    public required int Hops { get; init; }

    /// <summary>Whole frames compared byte for byte (crafted traffic; between simulated backends all).</summary>
    public required int Frames { get; init; }

    public required int TableRows { get; init; }

    /// <summary>The first differences, at most 50.</summary>
    public required ImmutableArray<Difference> Differences { get; init; }

    /// <summary>Differences found beyond those kept in <see cref="Differences"/>.</summary>
    public int FurtherDifferences { get; init; }
}

/// <summary>One scenario on one backend.</summary>
public sealed record BackendResult
{
    public required string Backend { get; init; }

    public required Result Result { get; init; }

    /// <summary>Why it failed or was skipped; what was held when it passed.</summary>
    public required string Reason { get; init; }

    /// <summary>Null when it did not run.</summary>
    public BackendRun? Run { get; init; }

    public ImmutableArray<ExpectationResult> Expectations { get; init; } = [];

    /// <summary>Wall-clock time of the run in milliseconds; never part of a fingerprint.</summary>
    public long ElapsedMilliseconds { get; init; }
}

/// <summary>One scenario on all its backends.</summary>
public sealed record ScenarioResult
{
    public required Scenario Scenario { get; init; }

    public required ImmutableArray<BackendResult> Backends { get; init; }

    /// <summary>Each later backend against the first that ran.</summary>
    public required ImmutableArray<Comparison> Comparisons { get; init; }

    /// <summary>Remarks for the reader: a dialect taken by default, a backend left out.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>Where a run came from; written as <c>manifest.json</c>.</summary>
public sealed record Manifest
{
    public required string RunId { get; init; }
    public required string ToolVersion { get; init; }

    /// <summary>Commit of the checkout, with <c>+</c> when it has changes; empty outside one.</summary>
    public required string GitCommit { get; init; }
    public required string Kernel { get; init; }
    public required string Cpu { get; init; }
    public required string StartedUtc { get; init; }
    public required long ElapsedMilliseconds { get; init; }
    public required ulong Seed { get; init; }
    public required string Dialect { get; init; }
    public required ImmutableArray<string> Arguments { get; init; }
    public required ImmutableArray<string> Backends { get; init; }

    /// <summary>What was probed on this machine, by name: <c>docker</c> → <c>20.10.24</c> or why not.</summary>
    public required ImmutableSortedDictionary<string, string> Probes { get; init; }

    /// <summary>Files that scenarios named, by scenario and name: <c>scenarios/replay.yaml: captures/web.pcapng</c> → SHA-256 and bytes. Null in a manifest of an older lab.</summary>
    public ImmutableSortedDictionary<string, string>? Inputs { get; init; }
}

/// <summary>All a report needs.</summary>
public sealed record RunResult(Manifest Manifest, ImmutableArray<ScenarioResult> Scenarios);
