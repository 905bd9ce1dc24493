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

    private static readonly DropletId Droplet = new(0);
    private static readonly bool Long = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1";

    [RootFact]
    public void ModelAndProgramsAgreeAsUpstream()
    {
        SortedDictionary<string, int> seen = Compare(DataPlaneSettings.Mizar, 0, cases: 5_000, "000000d1");
        Print(seen);

        // The cases are worth something only when they reach every way out there is but the one a frame of 2 KB cannot take.
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Assert.Equal([Reason.None, Reason.ShortEthernet, Reason.NoHeadroom], Enum.GetValues<Reason>().Where(r => (int)r is <= 6 or (>= 16 and <= 20) or (>= 32 and <= 45) or (>= 64 and <= 75) or 96 or 97).Except(reached));
    }

    [RootFact]
    public void ModelAndProgramsAgreeWithCorrectedPolicy()
    {
        SortedDictionary<string, int> seen = Compare(DataPlaneSettings.Lab with { On = OfPolicy }, 100_000, cases: 5_000, "000000e2");
        Print(seen);
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Assert.Empty(new[] { Reason.EgressDenied, Reason.IngressDenied, Reason.BadLabelOption }.Except(reached));
    }

    /// <summary>Each set of corrections is another program to the verifier, and must be one it takes.</summary>
    [RootFact]
    public void ModelAndProgramsAgreeWithAnyCorrections()
    {
        Random random = new(20261122);
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        for (int set = 0; set < (Long ? 100 : 12); set++)
        {
            Switches on = (Switches)(ulong)random.NextInt64() & Switches.All;
            Add(seen, Compare(DataPlaneSettings.Lab with { On = on }, 200_000 + (1000 * set), cases: 400, "000000e3"));
        }
        Print(seen);
    }

    private static SortedDictionary<string, int> Compare(DataPlaneSettings settings, int firstSeed, int cases, string run)
    {
        using BpfDataPlane bpf = new(1, run, new BpfOptions { Settings = settings });
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        bpf.Execute(() =>
        {
            for (int droplet = 0; droplet < (Long ? 40 : 1) * cases / FramesADroplet; droplet++)
            {
                RunDroplet(bpf, firstSeed + droplet, seen);
            }
        });
        return seen;
    }

    private static void RunDroplet(BpfDataPlane bpf, int seed, SortedDictionary<string, int> seen)
    {
        RandomDroplets random = new(seed);
        ModelDataPlane model = new(1, bpf.Settings) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
        IDataPlane[] planes = [model, bpf];
        foreach (IDataPlane plane in planes)
        {
            plane.Now = SimTime.FromSeconds(1000);
        }
        random.Write(planes);
        for (int i = 0; i < FramesADroplet; i++)
        {
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(model);
            Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
            ProgramResult expectedResult = model.Run(Droplet, program, agent, ref expected);
            ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
            string place = $"{bpf.Settings.On}\nseed {seed}, frame {i}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}\n";
            Assert.True(expectedResult == actualResult, $"{place}model {expectedResult}\nbpf   {actualResult}");
            string expectedFrame = Convert.ToHexStringLower(expected.ToBytes()), actualFrame = Convert.ToHexStringLower(actual.ToBytes());
            Assert.True(expectedFrame == actualFrame, $"{place}{actualResult}\nmodel {expectedFrame}\nbpf   {actualFrame}");
            Same(Text(model.TakeChanges()), Text(bpf.TakeChanges()), $"{place}{actualResult}, changes");
            Same(Rows(model, Tables.DirectPath), Rows(bpf, Tables.DirectPath), $"{place}{actualResult}, direct paths");
            Same(Rows(model, Tables.Connections), Rows(bpf, Tables.Connections), $"{place}{actualResult}, connections");
            string what = $"{program} {actualResult.Verdict} {actualResult.Reason}";
            seen[what] = seen.GetValueOrDefault(what) + 1;
            random.GoOn(planes);
        }
    }

    private static void Same(string model, string bpf, string where) =>
        Assert.True(model == bpf, $"{where}\nmodel:\n{model}\nbpf:\n{bpf}");

    private static string Text(IReadOnlyList<TableChange> changes) => string.Join('\n', changes);

    /// <summary>All fields of all rows, also those a row's usual text leaves out.</summary>
    private static string Rows<TKey, TValue>(IDataPlane plane, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => string.Join('\n', plane.Rows(Droplet, table).Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal));

    private static void Add(SortedDictionary<string, int> sum, SortedDictionary<string, int> seen)
    {
        foreach ((string what, int times) in seen)
        {
            sum[what] = sum.GetValueOrDefault(what) + times;
        }
    }

    private void Print(SortedDictionary<string, int> seen)
    {
        foreach ((string what, int times) in seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,7} {what}"));
        }
    }
}
