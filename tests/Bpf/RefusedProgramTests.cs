using System.Diagnostics;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

namespace MizarLab.Tests.Bpf;

/// <summary>What the user reads when the verifier refuses a program: its last lines, and where the rest is.</summary>
public sealed class RefusedProgramTests : IDisposable
{
    /// <summary>Reads the frame without a look at its end.</summary>
    private const string Careless = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        #include "settings.h"
        char _license[] SEC("license") = "Dual MIT/GPL";
        SEC("xdp") int agent(struct xdp_md *ctx) { return settings.dialect + *(int *)(long)ctx->data; }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("mizarlab-bpf-").FullName;

    [RootFact]
    public void TheVerifiersLastLinesAndTheFileOfTheRest()
    {
        // The agent alone, which is loaded first.
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "bpf")).Where(file => !file.EndsWith(".bpf.c", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
        File.WriteAllText(Path.Combine(folder, "agent.bpf.c"), Careless);
        string objects = Path.Combine(folder, "objects");
        using (Process build = Process.Start(Path.Combine(folder, "build.sh"), [objects]))
        {
            build.WaitForExit();
            Assert.Equal(0, build.ExitCode);
        }
        HarnessException refused = Assert.Throws<HarnessException>(() => BpfDroplet.Load(new BpfOptions { Objects = objects, LogFolder = folder }, _ => 1));
        Assert.Contains("errno 13", refused.Message, StringComparison.Ordinal);
        Assert.Contains("invalid access to packet", refused.Message, StringComparison.Ordinal);
        string log = Path.Combine(folder, "agent.bpf.verifier.log");
        Assert.Contains(log, refused.Message, StringComparison.Ordinal);
        Assert.Contains("invalid access to packet", File.ReadAllText(log), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
