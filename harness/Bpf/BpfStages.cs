using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// The programs transit tail-calls, over the same tables as agent and transit. Each is loaded when it is first wanted, so a droplet without
/// services pays nothing for their stage.
/// </summary>
internal sealed class BpfStages(BpfOptions options, BpfObject agent, BpfObject transit) : IDisposable
{
    private readonly SortedDictionary<StageProgram, BpfObject> loaded = [];

    /// <summary>Descriptor of a stage's program; valid as long as this object.</summary>
    /// <exception cref="HarnessException">There is no such program, or the kernel refused it.</exception>
    public int Program(StageProgram stage)
    {
        if (!loaded.TryGetValue(stage, out BpfObject? program))
        {
            (string file, string name) = stage switch
            {
                StageProgram.ScaledEndpoint => ("scaled.bpf.o", "scaled"),
                _ => throw new HarnessException($"the XDP programs have no stage '{stage}'"),
            };
            program = BpfObject.Load(file, name, options, [transit, agent]);
            loaded.Add(stage, program);
        }
        return program.Program;
    }

    public void Dispose()
    {
        foreach (BpfObject program in loaded.Values)
        {
            program.Dispose();
        }
        loaded.Clear();
    }
}
