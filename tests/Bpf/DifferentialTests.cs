using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The model and the compiled programs, side by side on random droplets and frames: verdict, reason, target, every byte of the frame and every row
/// of the tables programs write are equal, with no correction, with those of policy, and with any. Neither sees the other.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int FramesADroplet = 20;

    /// <summary>Those of policy and what it reads: these droplets' frames are upstream's, and hardly one would pass the others' checks.</summary>
    private const Switches OfPolicy =
        Switches.RealHeaderLength | Switches.Fragments | Switches.ConnectionState | Switches.ReplyLabels | Switches.ServiceReplies
        | Switches.LabelsPerEndpoint | Switches.SctpPorts;

    [RootFact]
    public void ModelAndProgramsAgreeAsUpstream()
    {
        WaysOut seen = Compare(DataPlaneSettings.Mizar, 0, cases: 5_000, "000000d1");

        // Every way out there is but the one a frame of 2 KB cannot take.
        Assert.Equal([Reason.None, Reason.ShortEthernet, Reason.NoHeadroom], Enum.GetValues<Reason>().Where(r => (int)r is <= 6 or (>= 16 and <= 20) or (>= 32 and <= 45) or (>= 64 and <= 75) or 96 or 97).Except(seen.Reached));
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithCorrectedPolicy()
    {
        Compare(DataPlaneSettings.Lab with { On = OfPolicy }, 100_000, cases: 5_000, "000000e2")
            .AssertReached(Reason.EgressDenied, Reason.IngressDenied, Reason.BadLabelOption);
    }

    /// <summary>Each set of corrections is another program to the verifier, and must be one it takes.</summary>
    [RootFact]
    public void ModelAndProgramsAgreeWithAnyCorrections()
    {
        Random random = new(20261122);
        for (int set = 0; set < LongRun.Or(12, 100); set++)
        {
            Switches on = (Switches)(ulong)random.NextInt64() & Switches.All;
            Compare(DataPlaneSettings.Lab with { On = on }, 200_000 + (1000 * set), cases: 400, "000000e3");
        }
    }

    private WaysOut Compare(DataPlaneSettings settings, int firstSeed, int cases, string run)
    {
        using BpfDataPlane bpf = new(1, run, new BpfOptions { Settings = settings });
        WaysOut seen = new();
        bpf.Execute(() =>
        {
            for (int droplet = 0; droplet < LongRun.Or(1, 40) * cases / FramesADroplet; droplet++)
            {
                RunDroplet(bpf, firstSeed + droplet, seen);
            }
        });
        seen.Print(output);
        return seen;
    }

    private static void RunDroplet(BpfDataPlane bpf, int seed, WaysOut seen)
    {
        RandomDroplets random = new(seed);
        SideBySide both = new(bpf, seen, $"seed {seed}") { Now = SimTime.FromSeconds(1000) };
        random.Write(both.Planes);
        for (int i = 0; i < FramesADroplet; i++)
        {
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(both.Model);
            both.Run(program, agent, bytes);
            both.SameRows(Tables.DirectPath);
            both.SameRows(Tables.Connections);
            random.GoOn(both.Planes);
        }
    }
}
