using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Scaled endpoints, model and compiled programs side by side: in both dialects, with any set of switches and every sharding. Verdict, reason, target, every
/// byte, every row that changed, and both NAT caches with the state and time of their entries are equal.
/// </summary>
public sealed class ServiceDifferentialTests(ITestOutputHelper output)
{
    private const int FramesADroplet = 25;

    private readonly WaysOut seen = new();

    [RootFact]
    public void InTheDialectMizar()
    {
        Run(Short(DataPlaneSettings.Mizar), "000000d5", 0, droplets: 120);
        AssertReached(
            Reason.ToClientHost, Reason.Modified, Reason.ScaledNoPort, Reason.ScaledNoBackend, Reason.ScaledProtocol, Reason.ScaledBackend, Reason.NoScaledStage,
            Reason.Delivered, Reason.DirectPath);
    }

    [RootFact]
    public void InTheDialectLab()
    {
        foreach (ShardingKind sharding in Enum.GetValues<ShardingKind>())
        {
            Run(Sharded(Short(DataPlaneSettings.Lab), sharding, sharding, sharding), "000000d6", 10_000 * ((int)sharding + 1), droplets: 50);
        }
        AssertReached(
            Reason.ToClientHost, Reason.Modified, Reason.ScaledNoPort, Reason.ScaledNoBackend, Reason.InnerFragment, Reason.ToHost, Reason.LocalDelivery,
            Reason.Delivered, Reason.DirectPath);
    }

    [RootFact]
    public void WithAnySetOfSwitchesAndEverySharding()
    {
        Random random = new(3);
        int sets = LongRun.Or(27, 300);
        for (int set = 0; set < sets; set++)
        {
            Switches on = (Switches)random.NextInt64() & Switches.All & ~Switches.StrictParsing;
            if (random.Next(3) == 0)
            {
                on &= ~Switches.SourceValidation & ~Switches.TrustedPeers;
            }
            DataPlaneSettings settings = Short(DataPlaneSettings.Lab with { On = on });
            Run(Sharded(settings, (ShardingKind)(set % 3), (ShardingKind)(set / 3 % 3), (ShardingKind)(set / 9 % 3)), "000000d7", 100_000 + (1000 * set), droplets: 6);
        }
        AssertReached(Reason.ToClientHost, Reason.Modified, Reason.ScaledNoPort, Reason.InnerFragment, Reason.ScaledBackend);
    }

    /// <summary>Time-outs a few of the generator's steps long.</summary>
    private static DataPlaneSettings Short(DataPlaneSettings settings) => settings with
    {
        EstablishedTimeout = SimTime.FromSeconds(5),
        TransientTimeout = SimTime.FromSeconds(1),
        DatagramTimeout = SimTime.FromSeconds(2),
    };

    private static DataPlaneSettings Sharded(DataPlaneSettings settings, ShardingKind bouncers, ShardingKind dividers, ShardingKind backends) => settings with
    {
        BouncerSharding = bouncers,
        DividerSharding = dividers,
        BackendSharding = backends,
        MaglevSlots = 131,
    };

    private void Run(DataPlaneSettings settings, string runId, int firstSeed, int droplets)
    {
        using BpfDataPlane bpf = new(1, runId, new BpfOptions { Settings = settings });
        bpf.Execute(() =>
        {
            for (int seed = firstSeed; seed < firstSeed + (LongRun.Or(1, 20) * droplets); seed++)
            {
                RunDroplet(bpf, seed);
            }
        });
    }

    private void RunDroplet(BpfDataPlane bpf, int seed)
    {
        DataPlaneSettings settings = bpf.Settings;
        RandomServices random = new(seed, settings);
        SideBySide both = new(bpf, seen, $"{settings.BouncerSharding} {settings.DividerSharding} {settings.BackendSharding} seed {seed}");
        random.Write(both.Planes);
        for (int i = 0; i < FramesADroplet; i++)
        {
            both.Now = random.Advance();
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame();
            both.Run(program, agent, bytes);
            both.SameRows(Tables.ForwardNat);
            both.SameRows(Tables.ReverseNat);
        }
    }

    private void AssertReached(params ReadOnlySpan<Reason> ways)
    {
        seen.Print(output);
        seen.AssertReached(ways);
    }
}
