using System.Collections.Immutable;
using System.Text;
using System.Xml.Linq;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Reports;
using MizarLab.Tests.Observation;

namespace MizarLab.Tests.Conformance;

/// <summary>What <c>conform</c> is made of besides vectors: scenarios and fuzzing on objects known by their profile alone, and the JUnit file.</summary>
public sealed class ProfileSuiteTests
{
    private static string Upstream => Path.Combine(Repository.Root, "profiles", "upstream.profile.yaml");

    [RootFact]
    public async Task AScenarioRunsAsOnTheModel()
    {
        Plan plan = ModelRuns.Load("multi_net_same_vpc.yaml");
        ProfileBackend backend = new(ProfileReader.Load(Upstream, objects: null));
        string folder = Directory.CreateTempSubdirectory("mizarlab-profile-").FullName;
        try
        {
            BackendRun run = await backend.RunAsync(plan, new RunContext("0000002f", folder, plan.Scenario.Settings, 1), CancellationToken.None);
            BackendRun model = ModelRuns.Run(plan);
            Comparison comparison = RunComparer.Compare(plan, model, run);
            Assert.True(comparison.Hops > 0);
            Assert.Empty(comparison.Differences.Select(d => $"{d.Subject} {d.Aspect}: {d.Left} | {d.Right}"));
            Assert.Empty(Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run)).Where(e => !e.Held).Select(e => e.Message));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public void FuzzingAgrees() => Assert.Empty(Fuzz(ProfileReader.Load(Upstream, objects: null), cases: 400).Select(d => d.Text));

    /// <summary>Two bytes said to lie elsewhere are found, and the case is small.</summary>
    [RootFact]
    public void FuzzingFindsAMisdescribedTable()
    {
        string text = File.ReadAllText(Upstream).Replace("host: { at: 0, kind: ip }, host_mac: { at: 4, kind: mac }", "host: { at: 6, kind: ip }, host_mac: { at: 0, kind: mac }", StringComparison.Ordinal);
        ImmutableArray<FuzzDifference> found = Fuzz(ProfileReader.Read(Upstream, Encoding.UTF8.GetBytes(text), objects: null), cases: 4_000);
        Assert.NotEmpty(found);
        Assert.All(found, difference => Assert.InRange(difference.Rows, 0, 8));
    }

    [Fact]
    public void RowsBecomeJUnit()
    {
        using MemoryStream stream = new();
        JUnitRows.Write("x", [("a", new JudgedRow("one", "p", Result.Pass, "")), ("b", new JudgedRow("two", "p", Result.Fail, "why \u0001")), ("b", new JudgedRow("three", "p", Result.Skip, "not here"))], stream);
        XElement root = XElement.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(("3", "1"), (root.Attribute("tests")!.Value, root.Attribute("failures")!.Value));
        Assert.Equal(["a", "b"], root.Elements("testsuite").Select(s => s.Attribute("name")!.Value));
        Assert.StartsWith("why", root.Descendants("failure").Single().Attribute("message")!.Value, StringComparison.Ordinal);
        Assert.Equal("not here", root.Descendants("skipped").Single().Attribute("message")!.Value);
    }

    private static ImmutableArray<FuzzDifference> Fuzz(Profile profile, long cases) =>
        new ProfileFuzz(profile, new FuzzOptions { Settings = [MizarLab.DataPlane.DataPlaneSettings.Mizar], Cases = cases, MostDifferences = 1, Vectors = [VectorFiles.Load(VectorFiles.Single)] })
            .Run(CancellationToken.None).Differences;
}
