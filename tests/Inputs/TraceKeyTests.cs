using MizarLab.Engine;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Traces;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using MizarLab.Studies;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Inputs;

/// <summary>A packing trace as churn: what is played of it, and what is said of one that cannot be.</summary>
public sealed class TraceKeyTests : IDisposable
{
    private const string Head = "name: t\ndialect: lab\ntopology: { generate: { droplets: 4, endpoints: 12, endpoints_per_network: 6, networks_per_vpc: 2 } }\nexpect: []\ntimeline:\n";
    private const string Study = "experiment: q?\nstudy:\n  traffic:\n    topology: { droplets: 4, endpoints: 12, endpoints_per_network: 6, networks_per_vpc: 2 }\n    workload: { open_loop: { rate: 10Mbit, sizes: 500B } }\n    for: 10ms\n";

    private readonly TemporaryFolder folder = new();

    public TraceKeyTests() => ZoneTrace.Write(folder.File(ZoneTrace.Name));

    public void Dispose() => folder.Dispose();

    /// <summary><c>UPDATE_GENERATED=1</c> writes it anew.</summary>
    [Fact]
    public void The_librarys_trace_is_the_one_that_is_made_here()
    {
        string kept = Path.Combine(Repository.Root, "scenarios", "library", ZoneTrace.Name);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
        {
            ZoneTrace.Write(kept);
        }
        Assert.Equal(ZoneTrace.Rows.Select(row => new TracedLife(row.Machine, row.Tenant, row.Begins, row.Ends)), AzurePackingTrace.Read(kept));
    }

    [Fact]
    public void Machines_become_steps_of_the_management_plane_at_their_times()
    {
        Scenario scenario = Load("endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, speed: 86_400 }, for: 2s");
        Assert.Equal(
            [
                "create e2 0", "create e3 0", "create e8 125", "create e9 250", "delete e8 500", "create e8 625", "delete e2 750",
                "create e2 875", "delete e2 1000", "create e2 1125", "delete e8 1250", "create e8 1375", "delete e9 1500", "delete e8 1750",
            ],
            scenario.Timeline.Select(step => step switch
            {
                CreateEndpointStep s => $"create {scenario.Topology[s.Endpoint].Name} {s.At!.Value.Nanoseconds / 1_000_000}",
                DeleteEndpointStep s => $"delete {scenario.Topology[s.Endpoint].Name} {s.At!.Value.Nanoseconds / 1_000_000}",
                _ => "?",
            }));
        Assert.All(Plan.Create(scenario).StepUpdates, updates => Assert.NotEmpty(updates));
    }

    [Fact]
    public void A_run_can_begin_on_any_day_of_the_trace()
    {
        Scenario scenario = Load("endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, speed: 86_400, from: 1.2 }, for: 10s");
        Assert.Equal([0, 0, 0, 0], scenario.Timeline.OfType<CreateEndpointStep>().Where(s => s.At == SimTime.Zero).Select(s => s.At!.Value.Nanoseconds));
        Assert.Equal([50, 300, 550], scenario.Timeline.OfType<DeleteEndpointStep>().Select(s => (s.At!.Value.Nanoseconds + 500_000) / 1_000_000));
    }

    [Fact]
    public void A_study_plays_it_too()
    {
        Experiment experiment = Ask("    churn: { endpoints: 5, trace: { file: traces/zone.sqlite, speed: 17_280_000 } }\n");
        StudyResult result = experiment.Source.Make(0).Run(new StudyRun(1, 1, CancellationToken.None));
        double updates = result.Values[experiment.Measures.Select(m => m.Name).ToList().IndexOf("updates")];
        StudyResult without = Ask("").Source.Make(0).Run(new StudyRun(1, 1, CancellationToken.None));
        Assert.Equal(0, without.Values[experiment.Measures.Select(m => m.Name).ToList().IndexOf("updates")]);
        Assert.True(updates > 50, $"{updates} updates");
    }

    [Theory]
    [InlineData("endpoints: [e2, e3, e8], trace: { file: traces/zone.sqlite, speed: 86_400 }, for: 2s", 54, "traces/zone.sqlite: 4 machines are there at once, and 3 endpoints (more endpoints, a shorter run, or another 'from')")]
    [InlineData("endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, from: -100 }, for: 2s", 58, "traces/zone.sqlite: nothing changes in this time (a greater speed, or another 'from')")]
    [InlineData("endpoints: [e2], trace: { file: traces/none.sqlite }, for: 2s", 46, "traces/none.sqlite: there is no such file (looked for ")]
    [InlineData("endpoints: [e2], trace: { file: ../zone.sqlite }, for: 2s", 46, "expected a file beside this one, like captures/web.pcapng, not '../zone.sqlite'")]
    [InlineData("endpoints: [e2], trace: { file: traces/zone.sqlite }, life: 1s, for: 2s", 74, "'life' beside 'trace' (a trace says how long its machines lived, and nobody moves)")]
    [InlineData("endpoints: [e2], every: 1s, for: 2s", 38, "'every' without 'life' (how long an endpoint is there in the mean)")]
    [InlineData("endpoints: [e2], every: 1s, life: 1s, trace: { file: traces/zone.sqlite }, for: 2s", 0, "every")]
    [InlineData("endpoints: [e2], for: 2s", 0, "every")]
    public void What_cannot_be_played_is_told_at_its_place(string keys, int column, string text)
    {
        string message = Assert.Throws<ScenarioException>(() => Load(keys)).Message;
        Assert.StartsWith(column == 0 ? $"{folder.File("t.yaml")}:6:" : $"{folder.File("t.yaml")}:6:{column}: {text}", message, StringComparison.Ordinal);
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_hostile_database_is_one_error()
    {
        string path = folder.File(ZoneTrace.Name);
        File.WriteAllBytes(path, new byte[5_000]);
        Refused("file is not a database");
        File.WriteAllBytes(path, []);
        Refused("it is empty, or no ordinary file (looked");
        ZoneTrace.Write(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..4_096]);
        Refused("");
        ZoneTrace.Write(path, "create table machines (a)");
        Refused("no table 'vm'; a packing trace has one with vmId, tenantId, vmTypeId, priority, starttime and endtime (docs/workloads.md says what form it has)");
        ZoneTrace.Write(path, "create view vm as with recursive n(i) as (select 1 union all select i + 1 from n) select i as vmId, i as tenantId, 0.0 as starttime, 1.0 as endtime from n");
        Refused("'vm' is a view; a packing trace has an ordinary table (docs/workloads.md says what form it has)");
        ZoneTrace.Write(path, "create table vm (vmId integer, tenantId integer, starttime float, endtime float, big as (zeroblob(vmId)))");
        Refused("'vm' is a table with computed columns; a packing trace has an ordinary table");
        ZoneTrace.Write(path, ZoneTrace.Form, "insert into vm values (1, 1, 1, 0, 2, 1)");
        Refused("row 1 of 'vm' ends on day 1, before it begins on day 2");
        ZoneTrace.Write(path, ZoneTrace.Form, "insert into vm values (1, 1, 1, 0, 'soon', 1)");
        Refused("row 1 of 'vm' has starttime soon, which is none");

        void Refused(string text)
        {
            string message = Assert.Throws<ScenarioException>(() => Load("endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, speed: 86_400 }, for: 2s")).Message;
            string place = $"{folder.File("t.yaml")}:6:58: traces/zone.sqlite: ";
            Assert.StartsWith(place, message, StringComparison.Ordinal);
            Assert.Contains(text.Replace(" (looked", "", StringComparison.Ordinal), message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    /// <summary>Whatever bytes: steps, or one error with the key's place.</summary>
    [Fact]
    public void Bytes_turned_anywhere_give_steps_or_one_error()
    {
        byte[] whole = File.ReadAllBytes(folder.File(ZoneTrace.Name));
        RandomStream random = new(1, "bytes");
        int played = 0, refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] broken = [.. whole];
            for (int turns = 1 + (int)random.NextBelow(8); turns > 0; turns--)
            {
                // Half of them where something stands: the headers of both pages, and the rows at their ends.
                int at = (int)(random.NextBelow(2) == 0 ? random.NextBelow(130) : (uint)whole.Length - 1 - random.NextBelow(400));
                broken[at] = (byte)random.NextBelow(256);
            }
            File.WriteAllBytes(folder.File(ZoneTrace.Name), broken);
            try
            {
                Load("endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, speed: 86_400 }, for: 2s");
                played++;
            }
            catch (ScenarioException told)
            {
                Assert.StartsWith($"{folder.File("t.yaml")}:6:58: traces/zone.sqlite: ", Assert.Single(told.Errors).ToString(), StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(played > 10 && refused > 10, $"{played} played, {refused} refused");
    }

    /// <summary>What stands in a log beside the database is not in the file that the run keeps, and so is not played.</summary>
    [Fact]
    public void A_log_beside_the_file_is_no_part_of_it()
    {
        string path = folder.File(ZoneTrace.Name);
        ZoneTrace.Write(path, "pragma journal_mode = wal", ZoneTrace.Form, "insert into vm values (1, 1, 1, 0, 0, 1)");
        using (Microsoft.Data.Sqlite.SqliteConnection open = new($"Data Source={path};Pooling=False"))
        {
            open.Open();
            using Microsoft.Data.Sqlite.SqliteCommand more = open.CreateCommand();
            more.CommandText = "insert into vm values (2, 1, 1, 0, 0, 1)";
            more.ExecuteNonQuery();
            Assert.True(new FileInfo(path + "-wal").Length > 0);
            Assert.Equal([1L], AzurePackingTrace.Read(path).Select(life => life.Machine));
        }
    }

    [Fact]
    public async Task The_run_keeps_it()
    {
        File.WriteAllText(
            folder.File("t.yaml"),
            Head.Replace("expect: []", "expect: [ reachable: { from: e0, to: e1 } ]", StringComparison.Ordinal)
            + "  - churn: { endpoints: [e2, e3, e8, e9], trace: { file: traces/zone.sqlite, speed: 216_000 }, for: 800ms }\n  - ping: { from: e0, to: e1 }\n");
        string runs = folder.File("runs");
        (await CommandRun.OfAsync("run", folder.File("t.yaml"), "--on", "model", "--out", runs)).Ends(0);
        string run = Assert.Single(Directory.GetDirectories(runs));
        File.Delete(folder.File(ZoneTrace.Name));
        Assert.Contains("1 same, 0 different", (await CommandRun.OfAsync("reproduce", run, "--out", runs)).Ends(0).Output, StringComparison.Ordinal);
    }

    private Scenario Load(string keys) => ScenarioLoader.Load(folder.File("t.yaml"), $"{Head}  - churn: {{ {keys} }}\n", inputs: InputFiles.Beside(folder.File("t.yaml")));

    private Experiment Ask(string more) => ExperimentLoader.Load(folder.File("e.yaml"), Study + more, inputs: InputFiles.Beside(folder.File("e.yaml")));
}
