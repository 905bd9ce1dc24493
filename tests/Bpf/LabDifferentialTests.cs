using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
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
    private static readonly DropletId Droplet = new(0);

    [RootFact]
    public void ModelAndProgramsAgreeWithEverySwitchOn()
    {
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        RunSet(Switches.All, "000000d2", 0, droplets: 500, seen);
        foreach ((string what, int times) in seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,7} {what}"));
        }

        // The cases are worth something only when they reach every way out that is the dialect's own.
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Reason[] own =
        [
            Reason.IcmpError, Reason.Returned, Reason.Repaired, Reason.OtherAddress, Reason.ForeignGeneve, Reason.UntrustedPeer, Reason.UnknownEndpoint,
            Reason.ArpUnanswered, Reason.BadOuterHeader, Reason.BadGeneve, Reason.BadOptions, Reason.InnerTypeRefused, Reason.BadInnerHeader,
            Reason.BadInnerTransport, Reason.InnerTtlExpired, Reason.StaleReturn, Reason.NoRemote, Reason.TtlExpired, Reason.ArpRefused,
            Reason.SpoofedSource, Reason.LocalDelivery, Reason.TooBig, Reason.GroupAddress, Reason.ToFunction, Reason.ForeignVni,
        ];
        Assert.Empty(own.Except(reached));
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithAnySetOfSwitches()
    {
        Random random = new(35);
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        for (int set = 0; set < 24; set++)
        {
            Switches on = (Switches)random.NextInt64() & Switches.All;
            RunSet(on, "000000d3", 1000 * (set + 1), droplets: 8, seen);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seen.Values.Sum()} cases, {seen.Count} ways out"));
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithEachSwitchAlone()
    {
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        for (int bit = 0; 1ul << bit < (ulong)Switches.All; bit++)
        {
            RunSet((Switches)(1ul << bit), "000000d4", 100_000 + (1000 * bit), droplets: 3, seen);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seen.Values.Sum()} cases, {seen.Count} ways out"));
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

    private static void RunSet(Switches on, string runId, int firstSeed, int droplets, SortedDictionary<string, int> seen)
    {
        DataPlaneSettings settings = DataPlaneSettings.Lab with { On = on, IcmpErrorsPerSecond = 1 };
        using BpfDataPlane bpf = new(1, runId, new BpfOptions { Settings = settings });
        bpf.Execute(() =>
        {
            for (int seed = firstSeed; seed < firstSeed + droplets; seed++)
            {
                RunDroplet(bpf, settings, seed, seen);
            }
        });
    }

    private static void RunDroplet(BpfDataPlane bpf, DataPlaneSettings settings, int seed, SortedDictionary<string, int> seen)
    {
        ModelDataPlane model = new(1, settings) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
        new LabDroplets(seed).Write(model, bpf);
        InterfaceConfig own = model.Rows(Droplet, Tables.Interface).Select(row => row.Value).FirstOrDefault();
        Dictionary<int, AgentConfig> agents = model.Rows(Droplet, Tables.Agents).ToDictionary(row => row.Key.Value, row => row.Value);
        HostileFrames frames = new(seed, settings.Has(Switches.StandardOptions));
        for (int i = 0; i < FramesADroplet; i++)
        {
            AgentId agent = new(i % 4 == 3 ? 1 + (i / 4 % 4) : 0);
            ProgramId program = agent.Value == 0 ? ProgramId.Transit : ProgramId.Agent;
            byte[] bytes = program == ProgramId.Transit ? frames.Next(own) : frames.NextFromEndpoint(agents.GetValueOrDefault(agent.Value));
            Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
            ProgramResult expectedResult = model.Run(Droplet, program, agent, ref expected);
            ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
            string place = $"switches {settings.On}, seed {seed}, frame {i}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}\n";
            Assert.True(expectedResult == actualResult, $"{place}model {expectedResult}\nbpf   {actualResult}");
            string expectedFrame = Convert.ToHexStringLower(expected.ToBytes()), actualFrame = Convert.ToHexStringLower(actual.ToBytes());
            Assert.True(expectedFrame == actualFrame, $"{place}{actualResult}\nmodel {expectedFrame}\nbpf   {actualFrame}");
            string expectedChanges = Text(model.TakeChanges()), actualChanges = Text(bpf.TakeChanges());
            Assert.True(expectedChanges == actualChanges, $"{place}{actualResult}\nmodel {expectedChanges}\nbpf   {actualChanges}");
            string what = $"{program} {actualResult.Verdict} {actualResult.Reason}";
            seen[what] = seen.GetValueOrDefault(what) + 1;
        }
        Assert.Equal(Rows(model, Tables.DirectPath), Rows(bpf, Tables.DirectPath));
        Assert.Equal(Rows(model, Tables.Drops), Rows(bpf, Tables.Drops));
    }

    private static string Text(IReadOnlyList<TableChange> changes) => string.Join("; ", changes);

    private static string[] Rows<TKey, TValue>(IDataPlane plane, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => [.. plane.Rows(Droplet, table).Select(row => $"{row.Key} = {row.Value}").Order(StringComparer.Ordinal)];
}
