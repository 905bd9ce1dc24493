using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The model and the compiled programs, side by side on random droplets and frames: verdict, reason, target, every byte of the frame and every row
/// of the direct-path cache are equal. Neither sees the other.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int FramesADroplet = 20;
    private static readonly DropletId Droplet = new(0);

    [RootFact]
    public void ModelAndProgramsAgree()
    {
        bool longRun = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1";
        int cases = longRun ? 200_000 : 5_000;
        using BpfDataPlane bpf = new(1, "000000d1");
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        bpf.Execute(() =>
        {
            for (int seed = 0; seed < cases / FramesADroplet; seed++)
            {
                RunDroplet(bpf, seed, seen);
            }
        });
        foreach ((string what, int times) in seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,7} {what}"));
        }

        // The cases are worth something only when they reach every way out there is but the one a frame of 2 KB cannot take.
        HashSet<Reason> reached = [.. seen.Keys.Select(key => Enum.Parse<Reason>(key.Split(' ')[^1]))];
        Assert.Equal([Reason.None, Reason.ShortEthernet, Reason.NoHeadroom], Enum.GetValues<Reason>().Where(r => (int)r is <= 6 or (>= 16 and <= 20) or (>= 32 and <= 41) or (>= 64 and <= 75) or 96 or 97).Except(reached));
    }

    private static void RunDroplet(BpfDataPlane bpf, int seed, SortedDictionary<string, int> seen)
    {
        RandomDroplets random = new(seed);
        ModelDataPlane model = new(1) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
        random.Write([model, bpf]);
        for (int i = 0; i < FramesADroplet; i++)
        {
            (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(model);
            Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
            ProgramResult expectedResult = model.Run(Droplet, program, agent, ref expected);
            ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
            string place = $"seed {seed}, frame {i}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}\n";
            Assert.True(expectedResult == actualResult, $"{place}model {expectedResult}\nbpf   {actualResult}");
            string expectedFrame = Convert.ToHexStringLower(expected.ToBytes()), actualFrame = Convert.ToHexStringLower(actual.ToBytes());
            Assert.True(expectedFrame == actualFrame, $"{place}{actualResult}\nmodel {expectedFrame}\nbpf   {actualFrame}");
            string expectedChanges = string.Join("\n  ", Text(model.TakeChanges())), actualChanges = string.Join("\n  ", Text(bpf.TakeChanges()));
            Assert.True(expectedChanges == actualChanges, $"{place}{actualResult}\nmodel {expectedChanges}\nbpf   {actualChanges}");
            string what = $"{program} {actualResult.Verdict} {actualResult.Reason}";
            seen[what] = seen.GetValueOrDefault(what) + 1;
        }
        Assert.Equal(DirectPath(model), DirectPath(bpf));
    }

    private static IEnumerable<string> Text(IReadOnlyList<TableChange> changes) => changes.Select(change => change.ToString());

    private static string[] DirectPath(IDataPlane plane) =>
        [.. plane.Rows(Droplet, Tables.DirectPath).Select(row => TableText.Row(row.Key, row.Value)).Order(StringComparer.Ordinal)];
}
