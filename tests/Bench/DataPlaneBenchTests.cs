using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Bench;
using MizarLab.Packets;

namespace MizarLab.Tests.Bench;

/// <summary>That a figure is of the path it is named after. What the figures are, no test says: performance is not timed here.</summary>
public sealed class DataPlaneBenchTests
{
    [Fact]
    public void EveryRowsFrameTakesItsPathInTheModel()
    {
        foreach (BenchCase row in Enum.GetValues<Dialect>().SelectMany(BenchCatalogue.Of))
        {
            ModelDataPlane world = Prepared(row);
            byte[] bytes = row.Frame(world);
            ModelDataPlane model = Prepared(row);
            Frame frame = Frame.FromBytes(bytes);
            ProgramResult result = model.Run(row.Droplet, row.Program, BenchWorld.Agent, ref frame);
            Assert.True(result.Reason == row.Expected, $"{row.Name} {row.Dialect}: {result}, not {row.Expected}");
        }
    }

    [Fact]
    public void NamesAreUniqueAndBeginWithTheRole()
    {
        foreach (Dialect dialect in Enum.GetValues<Dialect>())
        {
            string[] names = [.. BenchCatalogue.Of(dialect).Select(row => row.Name)];
            Assert.Equal(names.Length, names.Distinct().Count());
            Assert.All(names, name => Assert.Contains(name.Split('.')[0], (string[])["bouncer", "divider", "host", "agent", "scaled", "modify"]));
        }
    }

    /// <summary>All rows end to end with little effort: none is thrown away, and every search of the path is counted.</summary>
    [RootFact]
    public void NoRowIsThrownAway()
    {
        BenchResult bench = new DataPlaneBench(new BenchEffort(Rounds: 1, Iterations: 200), "000000be").Run((name, _) => !name.EndsWith("0000", StringComparison.Ordinal));
        Assert.Equal([], bench.Rows.Where(row => row.Discarded is not null).Select(row => $"{row.Name} {row.Dialect}: {row.Discarded}"));
        Assert.All(bench.Rows, row => Assert.InRange(row.TableLookups, 1, 20));

        // The words of it: every row and field is there, and the JSON is JSON.
        using MemoryStream json = new();
        BenchReport.WriteJson(bench, json);
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        Assert.Equal(bench.Rows.Count, document.RootElement.GetProperty("rows").GetArrayLength());
        Assert.True(document.RootElement.GetProperty("lookup_ns").GetDouble() > 0);
        Assert.Equal(bench.Rows.Count, BenchReport.Markdown(bench).Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal)) - 1);
    }

    /// <summary>A row whose frame takes another way than it says has no figure.</summary>
    [RootFact]
    public void ARowOnAnotherPathIsThrownAway()
    {
        BenchCase good = BenchCatalogue.Of(Dialect.Mizar).First(row => row.Name == "bouncer.udp");
        DataPlaneBench bench = new(new BenchEffort(Rounds: 1, Iterations: 50), "000000bf");
        Assert.Null(Assert.Single(bench.Run([good]).Rows).Discarded);
        Assert.Contains("not ToDivider", Assert.Single(bench.Run([good with { Expected = Reason.ToDivider }]).Rows).Discarded, StringComparison.Ordinal);
    }

    [Fact]
    public void DisturbedRoundsDoNotMoveAFigure()
    {
        BenchStatistics figure = BenchStatistics.Of([10, 11, 10, 11, 500, 10, 11, 0, 11]);
        Assert.InRange(figure.Value, 10, 11);
        Assert.Equal(1, figure.Spread);
    }

    private static ModelDataPlane Prepared(BenchCase row)
    {
        ModelDataPlane model = new(BenchWorld.Droplets, DataPlaneSettings.Of(row.Dialect)) { Now = BenchClock.Now };
        BenchWorld.Write(model);
        row.State?.Invoke(model);
        return model;
    }
}
