using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Bpf;

/// <summary>The programs a droplet's stages can hold, each loaded when a row first names it, and sharing the droplet's maps.</summary>
internal sealed class StagePrograms(BpfOptions options, BpfObject agent, BpfObject transit) : IDisposable
{
    private const string VerdictFile = "stage.bpf.o";

    private static readonly string[] Verdicts = ["stage_tx", "stage_pass", "stage_redirect", "stage_drop"];

    private readonly SortedDictionary<int, int> functions = [];
    private readonly SortedDictionary<int, BpfObject> loaded = [];
    private BpfObject? verdicts;
    private BpfObject? scaled;

    public void UseFunction(int slot, int program) => functions[slot] = program;

    /// <summary>Descriptor of the program for a slot.</summary>
    /// <exception cref="HarnessException">No function was named for the slot, or the kernel refused the program.</exception>
    public int Of(int slot, StageProgram stage) => stage switch
    {
        StageProgram.Tx => Verdict("stage_tx"),
        StageProgram.Pass => Verdict("stage_pass"),
        StageProgram.Redirect => Verdict("stage_redirect"),
        StageProgram.Drop => Verdict("stage_drop"),
        StageProgram.Function => functions.TryGetValue(slot, out int program) ? program : Function(slot),
        StageProgram.ScaledEndpoint => (scaled ??= BpfObject.Load("scaled.bpf.o", ["scaled"], options, transit, agent)).Program,
        _ => throw new HarnessException($"stage slot {slot}: the XDP programs have no '{stage}'"),
    };

    public void Dispose()
    {
        foreach (BpfObject function in loaded.Values)
        {
            function.Dispose();
        }
        verdicts?.Dispose();
        scaled?.Dispose();
    }

    /// <summary>The user's function of a slot, loaded over the droplet's maps.</summary>
    private int Function(int slot)
    {
        FunctionObject function = options.Functions.FirstOrDefault(f => f.Slot == slot)
            ?? throw new HarnessException($"stage slot {slot}: no function was loaded for it");
        if (!loaded.TryGetValue(slot, out BpfObject? program))
        {
            program = BpfObject.Load(function.File, [function.Program], options, transit, agent);
            loaded.Add(slot, program);
        }
        return program.ProgramOf(function.Program);
    }

    private int Verdict(string name) => (verdicts ??= BpfObject.Load(VerdictFile, Verdicts, options, transit, agent)).ProgramOf(name);
}
