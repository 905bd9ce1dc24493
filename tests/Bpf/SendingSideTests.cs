using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Model and programs side by side on what agents send, in both dialects and under random sets of switches: classes, labels, overrides, links, statistics,
/// stages that come and go. Verdict, reason, target, every byte of the frame, what was told as changed, and the tables afterwards are equal.
/// </summary>
public sealed class SendingSideTests(ITestOutputHelper output)
{
    private const int FramesADroplet = 25;
    private const int RandomSets = 10;

    [RootFact]
    public void ModelAndProgramsAgree()
    {
        int cases = LongRun.Or(1_000, 50_000);
        WaysOut seen = new();
        Random random = new(20260731);
        List<DataPlaneSettings> all = [DataPlaneSettings.Mizar, DataPlaneSettings.Lab];
        for (int i = 0; i < RandomSets; i++)
        {
            all.Add(DataPlaneSettings.Lab with { On = (Switches)random.NextInt64() & Switches.All });
        }
        foreach ((int index, DataPlaneSettings settings) in all.Index())
        {
            using BpfDataPlane bpf = new(1, "000000d5", new BpfOptions { Settings = settings });
            bpf.Execute(() =>
            {
                for (int seed = 0; seed < cases / FramesADroplet; seed++)
                {
                    RunDroplet(bpf, (index * 1_000_000) + seed, seen);
                }
            });
        }
        seen.Print(output);
        seen.AssertReached(
            Reason.ToBouncer, Reason.DirectPath, Reason.LocalDelivery, Reason.ToBridge, Reason.SpoofedSource, Reason.ArpUnanswered, Reason.GroupAddress,
            Reason.InnerTtlExpired, Reason.TooBig, Reason.NoNicSlot, Reason.NoEndpointSlot, Reason.NoScaledStage);
    }

    private static void RunDroplet(BpfDataPlane bpf, int seed, WaysOut seen)
    {
        RandomAgents random = new(seed, bpf.Settings);
        SideBySide both = new(bpf, seen, $"seed {seed}");
        random.Write(both.Planes);
        for (int i = 0; i < FramesADroplet; i++)
        {
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(both.Model);
            both.Now = random.Now;
            both.Run(program, agent, bytes);
            if (i % 5 == 4)
            {
                random.ChangeStages(both.Planes);
            }
        }
        both.SameRows(Tables.DirectPath);
        both.SameRows(Tables.AgentSubstrate);
        both.SameRows(Tables.Statistics);
    }
}
