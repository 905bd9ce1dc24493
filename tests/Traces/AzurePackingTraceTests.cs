using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Traces;
using MizarLab.Tests.Reports;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Traces;

/// <summary>A sample of our own in the released form, and files that are none.</summary>
public sealed class AzurePackingTraceTests : IDisposable
{
    private const string Form = "create table vm (vmId integer, tenantId integer, vmTypeId integer, priority integer, starttime float, endtime float)";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LivesBecomeEndpointsAndTenantsNetworks()
    {
        string file = Database(
            Form,
            "insert into vm values (7, 500, 1, 0, -2.5, 0.5)",   // there before the trace begins
            "insert into vm values (8, 501, 1, 0, 0.25, null)",  // outlives it
            "insert into vm values (9, 500, 2, 1, 0.5, 0.75)",   // begins as 7 ends, and takes its number
            "insert into vm values (3, 502, 2, 1, -3, -1)",      // gone before it begins
            "insert into vm values (10, 503, 2, 1, 1, 2)");

        ImmutableArray<TracedLife> lives = AzurePackingTrace.Read(file);
        Assert.Equal(5, lives.Length);
        Assert.Equal(new TracedLife(7, 500, -2.5, 0.5), lives[0]);
        Assert.Null(lives[1].EndsDays);

        ChurnTrace trace = new(lives, droplets: 10) { Speed = 86_400 }; // a day a second
        Assert.Equal(3, trace.Networks);
        List<TracedChurn> events = [.. trace.Until(SimTime.FromSeconds(10), seed: 1)];
        Assert.Equal(
            [
                (0, ChurnKind.Created, 0, 0), (250, ChurnKind.Created, 1, 1), (500, ChurnKind.Deleted, 0, 0), (500, ChurnKind.Created, 0, 0),
                (750, ChurnKind.Deleted, 0, 0), (1000, ChurnKind.Created, 0, 2), (2000, ChurnKind.Deleted, 0, 2),
            ],
            events.Select(e => ((int)(e.Event.Time.Nanoseconds / 1_000_000), e.Event.Kind, e.Event.Endpoint, e.Network)));
        Assert.All(events, e => Assert.InRange(e.Event.Droplet, 0, 9));

        // A deletion names the droplet its creation did.
        Assert.Equal(events[0].Event.Droplet, events[2].Event.Droplet);
        Assert.Equal(events, trace.Until(SimTime.FromSeconds(10), seed: 1));
        Assert.Equal(3, trace.Until(SimTime.FromMilliseconds(501), seed: 1).Count(e => e.Event.Kind == ChurnKind.Created));
    }

    [Fact]
    public void WhoWasCreatedIsDeletedOnceAndNumbersAreFreeWhenTheyAreGiven()
    {
        RandomStream random = new(1, "trace");
        TracedLife[] lives = [.. Enumerable.Range(0, 2_000).Select(i =>
        {
            double begins = (random.NextBelow(1_400) / 100.0) - 2;
            return new TracedLife(i, random.NextBelow(20), begins, random.NextBelow(4) == 0 ? null : begins + (random.NextBelow(300) / 100.0));
        })];
        SortedDictionary<int, int> there = [];
        SimTime last = SimTime.Zero;
        int most = 0;
        foreach (TracedChurn each in new ChurnTrace(lives, 50) { Speed = 86_400 }.Until(SimTime.FromSeconds(100), 3))
        {
            Assert.True(each.Event.Time >= last);
            last = each.Event.Time;
            if (each.Event.Kind == ChurnKind.Created)
            {
                there.Add(each.Event.Endpoint, each.Event.Droplet);
            }
            else
            {
                Assert.Equal(there[each.Event.Endpoint], each.Event.Droplet);
                there.Remove(each.Event.Endpoint);
            }
            most = Math.Max(most, there.Count);
            Assert.True(each.Event.Endpoint < most);
        }
        Assert.Equal(lives.Count(life => life.EndsDays is null), there.Count);
    }

    [Theory]
    [InlineData("create table other (a integer)", "no table 'vm'")]
    [InlineData("create table vm (vmId integer, tenantId integer, starttime float)", "table 'vm' has no column 'endtime'")]
    [InlineData(Form, "table 'vm' is empty")]
    [InlineData(Form + "; insert into vm values (1, 2, 3, 0, 'soon', 1)", "row 1 of 'vm' has starttime soon, which is none")]
    [InlineData(Form + "; insert into vm values (1, 2, 3, 0, null, 1)", "row 1 of 'vm' has starttime NULL, which is none")]
    [InlineData(Form + "; insert into vm values (1, 2, 3, 0, 1, 0.5)", "row 1 of 'vm' ends on day 0.5, before it begins on day 1")]
    [InlineData(Form + "; insert into vm values (1, 2, 3, 0, 1e300, null)", "row 1 of 'vm' has starttime 1E+300, which is none")]
    [InlineData(Form + "; insert into vm values ('x', 2, 3, 0, 1, null)", "row 1 of 'vm' has vmId x, which is none")]
    [InlineData(Form + "; insert into vm values (1, x'00ff', 3, 0, 1, null)", "row 1 of 'vm' has tenantId 2 bytes, which is none")]
    public void AnotherFormIsRefusedInOneLine(string sql, string trouble)
    {
        string file = Database(sql.Split("; "));
        Assert.Equal($"{file}: {trouble}", Assert.Throws<HarnessException>(() => AzurePackingTrace.Read(file)).Message.Split(';')[0]);
    }

    [Fact]
    public void WhatIsNoDatabaseIsRefused()
    {
        string text = Path.Combine(folder.Path, "text.sqlite");
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("no database at all ", 100)));
        Assert.StartsWith($"{text}: ", Assert.Throws<HarnessException>(() => AzurePackingTrace.Read(text)).Message, StringComparison.Ordinal);
        Assert.Equal("/no/such: there is no such file", Assert.Throws<HarnessException>(() => AzurePackingTrace.Read("/no/such")).Message);

        // Torn in the middle of a page.
        string torn = Database([Form, .. Enumerable.Range(0, 500).Select(i => $"insert into vm values ({i}, 1, 1, 0, {i}, null)")]);
        using (FileStream file = new(torn, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }
        Assert.StartsWith($"{torn}: ", Assert.Throws<HarnessException>(() => AzurePackingTrace.Read(torn)).Message, StringComparison.Ordinal);
    }

    private string Database(params string[] statements)
    {
        string file = Path.Combine(folder.Path, "trace.sqlite");
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
        return file;
    }
}
