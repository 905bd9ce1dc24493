using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Packets;
using MizarLab.Tests.DataPlane;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The dialect <c>lab</c>, model and compiled programs side by side on hostile frames, with every switch on and with any set of them: verdict,
/// reason, target, every byte, every learned row and every drop counter are equal.
/// </summary>
public sealed class LabDifferentialTests(ITestOutputHelper output)
{
    private const int FramesADroplet = 25;

    [RootFact]
    public void ModelAndProgramsAgreeWithEverySwitchOn()
    {
        WaysOut seen = new();
        RunSet(Switches.All, "000000d2", 0, droplets: 500, seen);
        seen.Print(output);

        // Every way out that is the dialect's own.
        seen.AssertReached(
            Reason.IcmpError, Reason.Returned, Reason.Repaired, Reason.OtherAddress, Reason.ForeignGeneve, Reason.UntrustedPeer, Reason.UnknownEndpoint,
            Reason.ArpUnanswered, Reason.BadOuterHeader, Reason.BadGeneve, Reason.BadOptions, Reason.InnerTypeRefused, Reason.BadInnerHeader,
            Reason.BadInnerTransport, Reason.InnerTtlExpired, Reason.StaleReturn, Reason.NoRemote, Reason.TtlExpired, Reason.ArpRefused,
            Reason.SpoofedSource, Reason.LocalDelivery, Reason.TooBig, Reason.GroupAddress, Reason.ToFunction, Reason.ForeignVni);
    }

    /// <summary>With every switch on, programs compiled for just that are loaded; those compiled for any set do the same.</summary>
    [RootFact]
    public void SoDoTheProgramsThatWereCompiledForAnySwitches()
    {
        string folder = ObjectFolders.Copy(withLab: false);
        try
        {
            WaysOut seen = new();
            RunSet(Switches.All, "000000d6", 0, droplets: 100, seen, folder);
            seen.Print(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithAnySetOfSwitches()
    {
        Random random = new(35);
        WaysOut seen = new();
        for (int set = 0; set < 24; set++)
        {
            Switches on = (Switches)random.NextInt64() & Switches.All;
            RunSet(on, "000000d3", 1000 * (set + 1), droplets: 8, seen);
        }
        seen.Print(output);
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithEachSwitchAlone()
    {
        WaysOut seen = new();
        for (int bit = 0; 1ul << bit < (ulong)Switches.All; bit++)
        {
            RunSet((Switches)(1ul << bit), "000000d4", 100_000 + (1000 * bit), droplets: 3, seen);
        }
        seen.Print(output);
    }

    /// <summary>Errors are counted in windows of 2^30 ns, and in each only so many are sent, by agent and transit together.</summary>
    [RootFact]
    public void TheLimitOfErrorsIsTheSame()
    {
        DataPlaneSettings settings = DataPlaneSettings.Lab with { IcmpErrorsPerSecond = 2 };
        using BpfDataPlane bpf = new(1, "000000d5", new BpfOptions { Settings = settings });
        Assert.Equal(Limited(new LabWorld(new ModelDataPlane(1, settings))), Limited(new LabWorld(bpf)));
    }

    private static string[] Limited(LabWorld world)
    {
        List<string> told = [];
        byte[] fromEndpoint = LabWorld.Udp(LabWorld.Hosted, LabWorld.Far, ttl: 1);
        LabWorld.HostedMac.Write(fromEndpoint.AsSpan(6));
        world.PutDirectPath(LabWorld.Far, LabWorld.Host);
        for (int i = 0; i < 12; i++)
        {
            byte[] after;
            ProgramResult result = i % 3 == 0
                ? world.FromEndpoint(fromEndpoint, out after)
                : world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Local, LabWorld.Far, ttl: 1)), out after);
            told.Add($"{result} {Convert.ToHexStringLower(after)}");
            world.Plane.Now += SimTime.FromMilliseconds(250);
        }
        Assert.Contains(told, line => line.Contains("IcmpError", StringComparison.Ordinal));
        told.Add($"limited {world.Drops(Reason.ErrorsLimited)}");
        Assert.NotEqual("limited 0", told[^1]);
        return [.. told];
    }

    private static void RunSet(Switches on, string runId, int firstSeed, int droplets, WaysOut seen, string? objects = null)
    {
        DataPlaneSettings settings = DataPlaneSettings.Lab with { On = on, IcmpErrorsPerSecond = 1 };
        using BpfDataPlane bpf = new(1, runId, new BpfOptions { Settings = settings, Objects = objects });
        bpf.Execute(() =>
        {
            for (int seed = firstSeed; seed < firstSeed + droplets; seed++)
            {
                RunDroplet(bpf, seed, seen);
            }
        });
    }

    private static void RunDroplet(BpfDataPlane bpf, int seed, WaysOut seen)
    {
        SideBySide both = new(bpf, seen, $"seed {seed}");
        new LabDroplets(seed).Write(both.Planes);
        InterfaceConfig own = both.Model.Rows(SideBySide.Droplet, Tables.Interface).Select(row => row.Value).FirstOrDefault();
        Dictionary<int, AgentConfig> agents = both.Model.Rows(SideBySide.Droplet, Tables.Agents).ToDictionary(row => row.Key.Value, row => row.Value);
        HostileFrames frames = new(seed, bpf.Settings.Has(Switches.StandardOptions));
        for (int i = 0; i < FramesADroplet; i++)
        {
            AgentId agent = new(i % 4 == 3 ? 1 + (i / 4 % 4) : 0);
            ProgramId program = agent.Value == 0 ? ProgramId.Transit : ProgramId.Agent;
            both.Run(program, agent, program == ProgramId.Transit ? frames.Next(own) : frames.NextFromEndpoint(agents.GetValueOrDefault(agent.Value)));
        }
        both.SameRows(Tables.DirectPath);
        both.SameRows(Tables.Drops);
    }
}
