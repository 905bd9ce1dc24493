using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bpf;

/// <summary>What a run of a program tells; fixed at load, and free when it is nothing (bpf/settings.h).</summary>
[Flags]
public enum Recording : byte
{
    Nothing = 0,

    /// <summary>The last run's result, in a map that is mapped into this process (<see cref="BpfDroplet.LastRun"/>). One CPU only.</summary>
    Result = 1,

    /// <summary>One <see cref="TraceEvent"/> a run, in a ring buffer (<see cref="TraceReader"/>).</summary>
    Frames = 2,
}

/// <summary>A user's compiled function and where it is put.</summary>
/// <param name="File">The object.</param>
/// <param name="Program">The program in it.</param>
/// <param name="Slot">Of <see cref="StageSlot"/>.</param>
public sealed record FunctionObject(string File, string Program, DropletId Droplet, int Slot);

/// <summary>How a droplet's programs are loaded.</summary>
public sealed record BpfOptions
{
    /// <summary>No table is of another size than it was compiled with.</summary>
    public static readonly ImmutableSortedDictionary<string, uint> AsCompiled = ImmutableSortedDictionary<string, uint>.Empty;

    public DataPlaneSettings Settings { get; init; } = DataPlaneSettings.Mizar;

    /// <summary>Programs read the time the lab writes (<see cref="BpfDroplet.SetTime"/>), not the kernel's.</summary>
    public bool LabClock { get; init; }

    public Recording Recording { get; init; }

    /// <summary>Every verdict returns through the capture hook (bpf/capture.h); without, there is none.</summary>
    public bool Capture { get; init; }

    /// <summary>Folder of agent.bpf.o and transit.bpf.o; null: <see cref="BpfObjects.Locate"/>.</summary>
    public string? Objects { get; init; }

    /// <summary>Entries of tables, by map name (bpf/tables.h), where the compiled size does not fit; <c>trace_events</c> in bytes, a power of two of whole pages. As compiled, a droplet takes some 11 MB of kernel memory, mostly the direct-path cache, and is loaded in tens of milliseconds.</summary>
    public ImmutableSortedDictionary<string, uint> Sizes { get; init; } = ImmutableSortedDictionary<string, uint>.Empty;

    /// <summary>Programs of the user's, which rows <see cref="StageProgram.Function"/> of <see cref="Tables.Stages"/> stand for.</summary>
    public ImmutableArray<FunctionObject> Functions { get; init; } = [];

    /// <summary>The same for one droplet: of the functions, its own.</summary>
    public BpfOptions For(DropletId droplet) => Functions.IsEmpty ? this : this with { Functions = [.. Functions.Where(f => f.Droplet == droplet)] };

    /// <summary>What bpf/settings.h can be compiled for (FIXED_USUAL): nothing is recorded or captured, members of lists are picked by modulo, in the dialect <c>lab</c>.</summary>
    public bool AreUsual =>
        Settings.Dialect == Dialect.Lab && Recording == Recording.Nothing && !Capture
        && Settings is { BouncerSharding: ShardingKind.Modulo, DividerSharding: ShardingKind.Modulo, BackendSharding: ShardingKind.Modulo };

    /// <summary>Where a verifier's whole log goes when it refuses a program, usually the run's folder; null: the log's tail in the message is all.</summary>
    public string? LogFolder { get; init; }
}
