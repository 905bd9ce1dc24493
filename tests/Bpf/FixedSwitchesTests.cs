using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

namespace MizarLab.Tests.Bpf;

/// <summary>Programs that were compiled for one set of switches are loaded for that set, and for no other.</summary>
public sealed class FixedSwitchesTests : IDisposable
{
    private readonly string folder = ObjectFolders.Copy(withLab: true);

    [RootFact]
    public void TheDefaultOfLabLoadsWhatWasCompiledForIt()
    {
        foreach (string name in (string[])["agent.bpf.o", "transit.bpf.o", "scaled.bpf.o"])
        {
            BpfOptions options = new() { Objects = folder, Settings = DataPlaneSettings.Lab };
            Assert.Equal(Path.Combine(folder, "lab", "usual", name), BpfObjects.FileFor(options, name));
            foreach (BpfOptions unusual in (BpfOptions[])
                [options with { Recording = Recording.Frames }, options with { Capture = true }, options with { Settings = options.Settings with { DividerSharding = ShardingKind.Maglev } }])
            {
                Assert.Equal(Path.Combine(folder, "lab", name), BpfObjects.FileFor(unusual, name));
            }
            options = options with { Recording = Recording.Frames };
            Assert.Equal(Path.Combine(folder, "lab", name), BpfObjects.FileFor(options, name));
            options = options with { Settings = DataPlaneSettings.Lab with { On = Switches.All & ~Switches.LoopGuard } };
            Assert.Equal(Path.Combine(folder, name), BpfObjects.FileFor(options, name));
        }
    }

    [RootFact]
    public void ForOtherSwitchesItIsRefused()
    {
        File.Copy(Path.Combine(folder, "lab", "agent.bpf.o"), Path.Combine(folder, "agent.bpf.o"), overwrite: true);
        BpfOptions options = new() { Objects = folder, Settings = DataPlaneSettings.Mizar };
        HarnessException refused = Assert.Throws<HarnessException>(() => BpfDroplet.Load(options, _ => 1));
        Assert.Contains("compiled for other switches", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void ToRecordItIsRefusedWhenCompiledNotTo()
    {
        File.Copy(Path.Combine(folder, "lab", "usual", "agent.bpf.o"), Path.Combine(folder, "lab", "agent.bpf.o"), overwrite: true);
        BpfOptions options = new() { Objects = folder, Settings = DataPlaneSettings.Lab, Recording = Recording.Result };
        HarnessException refused = Assert.Throws<HarnessException>(() => BpfDroplet.Load(options, _ => 1));
        Assert.Contains("compiled to record and capture nothing", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
