using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>What to fuzz, and for how long: whichever of cases and time is given first ends it.</summary>
public sealed record FuzzOptions
{
    /// <summary>Settings to run under, in turn; with <see cref="RandomSwitches"/> also sets of switches drawn at random.</summary>
    public required ImmutableArray<DataPlaneSettings> Settings { get; init; }

    public bool RandomSwitches { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Null: no limit.</summary>
    public long? Cases { get; init; }

    public TimeSpan? Time { get; init; }

    /// <summary>Where differences are saved; null: nowhere.</summary>
    public string? Folder { get; init; }

    /// <summary>Upstream's vectors, whose states are used too, perturbed.</summary>
    public ImmutableArray<VectorSuite> Vectors { get; init; } = [];

    /// <summary>States of planned worlds: the droplets of each.</summary>
    public ImmutableArray<ImmutableArray<DropletState>> Worlds { get; init; } = [];

    /// <summary>Folder of the compiled programs; null: the checkout's.</summary>
    public string? Objects { get; init; }

    /// <summary>Differences after which it ends.</summary>
    public int MostDifferences { get; init; } = 10;
}

/// <summary>One difference that was found, shrunk and saved.</summary>
/// <param name="File">Null when nothing is saved.</param>
public sealed record FuzzDifference(string Name, string Kind, string Text, string? File, Dialect Dialect, int Steps, int Rows, int FrameBytes);

/// <summary>How far a run of fuzzing has come.</summary>
public sealed record FuzzReport
{
    public required ulong Seed { get; init; }

    /// <summary>Frames that both data planes ran and were compared by.</summary>
    public required long Cases { get; init; }

    /// <summary>Of these, run a third time by programs without recording.</summary>
    public required long Unrecorded { get; init; }

    /// <summary>Seconds of comparing, and of loading programs and shrinking besides.</summary>
    public required double Seconds { get; init; }

    public required double OtherSeconds { get; init; }

    /// <summary>Of comparing, what this process had of a processor: on a machine with others on it less than <see cref="Seconds"/>.</summary>
    public required double ProcessorSeconds { get; init; }

    public required int Loads { get; init; }

    public required ImmutableArray<FuzzDifference> Differences { get; init; }

    public required Coverage Coverage { get; init; }

    public double Rate => Seconds > 0 ? Cases / Seconds : 0;

    /// <summary>Cases a second of processor time, i.e. on one core without others on it.</summary>
    public double ProcessorRate => ProcessorSeconds > 0 ? Cases / ProcessorSeconds : 0;
}
