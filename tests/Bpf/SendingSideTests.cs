using System.Globalization;
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

    private static readonly DropletId Droplet = new(0);

    [RootFact]
    public void ModelAndProgramsAgree()
    {
        int cases = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1" ? 50_000 : 1_000;
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
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
                    RunDroplet(bpf, settings, (index * 1_000_000) + seed, seen);
                }
            });
        }
        foreach ((string what, int times) in seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,7} {what}"));
        }
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Assert.Empty(((Reason[])[
            Reason.ToBouncer, Reason.DirectPath, Reason.LocalDelivery, Reason.ToBridge, Reason.SpoofedSource, Reason.ArpUnanswered, Reason.GroupAddress,
            Reason.InnerTtlExpired, Reason.TooBig, Reason.NoNicSlot, Reason.NoEndpointSlot, Reason.NoScaledStage,
        ]).Except(reached));
    }

    private static void RunDroplet(BpfDataPlane bpf, DataPlaneSettings settings, int seed, SortedDictionary<string, int> seen)
    {
        RandomAgents random = new(seed, settings);
        ModelDataPlane model = new(1, settings) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
        IDataPlane[] planes = [model, bpf];
        random.Write(planes);
        for (int i = 0; i < FramesADroplet; i++)
        {
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(model);
            model.Now = bpf.Now = random.Now;
            Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
            ProgramResult expectedResult = model.Run(Droplet, program, agent, ref expected);
            ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
            string place = $"[{settings.On}] seed {seed}, frame {i}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}\n";
            Assert.True(expectedResult == actualResult, $"{place}model {expectedResult}\nbpf   {actualResult}");
            string expectedFrame = Convert.ToHexStringLower(expected.ToBytes()), actualFrame = Convert.ToHexStringLower(actual.ToBytes());
            Assert.True(expectedFrame == actualFrame, $"{place}{actualResult}\nmodel {expectedFrame}\nbpf   {actualFrame}");
            string expectedChanges = Text(model.TakeChanges()), actualChanges = Text(bpf.TakeChanges());
            Assert.True(expectedChanges == actualChanges, $"{place}model {expectedChanges}\nbpf   {actualChanges}");
            string what = $"{program} {actualResult.Verdict} {actualResult.Reason}";
            seen[what] = seen.GetValueOrDefault(what) + 1;
            if (i % 5 == 4)
            {
                random.ChangeStages(planes);
            }
        }
        Compare(Tables.DirectPath, model, bpf, settings, seed);
        Compare(Tables.AgentSubstrate, model, bpf, settings, seed);
        Compare(Tables.Statistics, model, bpf, settings, seed);
    }

    private static string Text(IReadOnlyList<TableChange> changes) => string.Join("; ", changes);

    private static void Compare<TKey, TValue>(Table<TKey, TValue> table, IDataPlane model, IDataPlane bpf, DataPlaneSettings settings, int seed)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        string expected = Rows(table, model), actual = Rows(table, bpf);
        Assert.True(expected == actual, $"[{settings.On}] seed {seed}: {table.Name}\nmodel {expected}\nbpf   {actual}");
    }

    private static string Rows<TKey, TValue>(Table<TKey, TValue> table, IDataPlane plane)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct =>
        string.Join("; ", plane.Rows(Droplet, table).Select(row => TableText.Row(row.Key, row.Value)).Order(StringComparer.Ordinal));
}
