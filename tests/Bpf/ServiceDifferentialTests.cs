using System.Globalization;
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
    private static readonly DropletId Droplet = new(0);
    private static readonly bool LongRun = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1";

    private readonly SortedDictionary<string, int> seen = new(StringComparer.Ordinal);

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
        int sets = LongRun ? 300 : 27;
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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seen.Values.Sum()} cases, {seen.Count} ways out"));
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
            for (int seed = firstSeed; seed < firstSeed + (LongRun ? 20 * droplets : droplets); seed++)
            {
                RunDroplet(bpf, settings, seed);
            }
        });
    }

    private void RunDroplet(BpfDataPlane bpf, DataPlaneSettings settings, int seed)
    {
        RandomServices random = new(seed, settings);
        ModelDataPlane model = new(1, settings) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
        random.Write([model, bpf]);
        for (int i = 0; i < FramesADroplet; i++)
        {
            model.Now = bpf.Now = random.Advance();
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame();
            Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
            ProgramResult expectedResult = model.Run(Droplet, program, agent, ref expected);
            ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
            string place = $"{settings.On}, {settings.BouncerSharding} {settings.DividerSharding} {settings.BackendSharding}\nseed {seed}, frame {i}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}\n";
            Assert.True(expectedResult == actualResult, $"{place}model {expectedResult}\nbpf   {actualResult}");
            string expectedFrame = Convert.ToHexStringLower(expected.ToBytes()), actualFrame = Convert.ToHexStringLower(actual.ToBytes());
            Assert.True(expectedFrame == actualFrame, $"{place}{actualResult}\nmodel {expectedFrame}\nbpf   {actualFrame}");
            string expectedChanges = string.Join("\n  ", model.TakeChanges()), actualChanges = string.Join("\n  ", bpf.TakeChanges());
            Assert.True(expectedChanges == actualChanges, $"{place}{actualResult}\nmodel {expectedChanges}\nbpf   {actualChanges}");
            string expectedNat = Nat(model), actualNat = Nat(bpf);
            Assert.True(expectedNat == actualNat, $"{place}{actualResult}\nmodel {expectedNat}\nbpf   {actualNat}");
            string what = $"{program} {actualResult.Verdict} {actualResult.Reason}";
            seen[what] = seen.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>Both caches, with what a row's text leaves out.</summary>
    private static string Nat(IDataPlane plane) => string.Join(
        "\n  ",
        plane.Rows(Droplet, Tables.ForwardNat).Concat(plane.Rows(Droplet, Tables.ReverseNat)).Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal));

    private void AssertReached(params ReadOnlySpan<Reason> ways)
    {
        foreach ((string what, int times) in seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,7} {what}"));
        }
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Assert.Empty(ways.ToArray().Except(reached));
    }
}
