using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Results;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>The model and the compiled programs under the same settings, of a few small droplets.</summary>
internal sealed class DataPlanePair : IDisposable
{
    /// <summary>Droplets there are; loaded when a network is the first to have so many.</summary>
    public const int Droplets = 6;

    private UnrecordedDroplet? unrecorded;

    public DataPlanePair(DataPlaneSettings settings, string? objects)
    {
        Settings = settings;
        Options = new BpfOptions { Settings = settings, Objects = objects, Sizes = SmallTables.Sizes };
        Model = new ModelDataPlane(Droplets, settings) { ReportChanges = true };
        Bpf = new BpfDataPlane(Droplets, RunFolder.NewId(), Options) { ReportChanges = true };
        Bpf.Droplet(new DropletId(0)); // what is loaded later would be taken for the first case's time
    }

    public DataPlaneSettings Settings { get; }

    public BpfOptions Options { get; }

    public ModelDataPlane Model { get; }

    public BpfDataPlane Bpf { get; }

    /// <summary>The first droplet's programs once more, loaded without recording.</summary>
    public UnrecordedDroplet Unrecorded => unrecorded ??= new UnrecordedDroplet(Bpf, Options);

    /// <summary>Both as new, but for the programs' stages: these <see cref="Load"/> changes only where it must, for each change has the kernel wait for all CPUs.</summary>
    public void Clear()
    {
        Model.Clear();
        Bpf.Clear(except: Tables.Stages);
    }

    /// <summary>Writes a droplet's state into both.</summary>
    public void Load(DropletId droplet, DropletState state)
    {
        foreach ((int slot, StageProgram program) in Bpf.Rows(droplet, Tables.Stages))
        {
            if (!state.TryGet(Tables.Stages, slot, out StageProgram wanted) || wanted != program)
            {
                Bpf.Delete(droplet, Tables.Stages, slot);
            }
        }
        DropletState settled = state with { Rows = [.. state.Rows.Where(row => row is not StateRow<int, StageProgram> stage || IsLast(state, stage))] };
        new StateLoader(Model, Bpf).Load(droplet, settled);
        new StateLoader(Bpf).Load(droplet, settled);
    }

    private static bool IsLast(DropletState state, StateRow<int, StageProgram> stage) =>
        stage.In != Tables.Stages || (state.TryGet(Tables.Stages, stage.Key, out StageProgram last) && stage.Value == last);

    public void Dispose()
    {
        unrecorded?.Dispose();
        Bpf.Dispose();
    }
}

/// <summary>
/// Sizes for droplets of some hundred rows: loaded in milliseconds, emptied in microseconds. Caches stay large enough that nothing is ever evicted, for the
/// kernel's order of eviction is its own and outside every comparison.
/// </summary>
internal static class SmallTables
{
    private const uint Rows = 1024;
    private const uint CacheRows = 4096;

    /// <summary>By map name (bpf/tables.h and the headers beside it). A map that is not named keeps its size.</summary>
    public static readonly ImmutableSortedDictionary<string, uint> Sizes = new Dictionary<string, uint>(StringComparer.Ordinal)
    {
        ["endpoints"] = Rows,
        ["networks"] = Rows,
        ["vpcs"] = Rows,
        ["agents"] = Rows,
        ["peers"] = Rows,
        ["overridden"] = Rows,
        ["service_ports"] = Rows,
        ["policy_scopes"] = Rows,
        ["policy_ports"] = Rows,
        ["policy_cidrs"] = Rows,
        ["policy_labels"] = Rows,
        ["direct_path"] = CacheRows,
        ["connections"] = CacheRows,
        ["nat"] = 2 * CacheRows,
        ["translations"] = CacheRows,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
