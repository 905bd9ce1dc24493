using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Tests.Scenarios;

/// <summary>Documents that C# makes key by key, without the SDK around them.</summary>
public class ScriptDocumentTests
{
    [Fact]
    public void WhatIsPutInIsTheScenarioItsTextIs()
    {
        ScriptDocument document = Small();
        Scenario made = document.Load()[0];
        Scenario read = ScenarioLoader.Load("made.yaml", document.ToYaml());
        Assert.Equal(read.Topology.Droplets.AsSpan(), made.Topology.Droplets.AsSpan());
        Assert.Equal(read.Topology.Endpoints.AsSpan(), made.Topology.Endpoints.AsSpan());
        PingStep step = Assert.IsType<PingStep>(Assert.Single(made.Timeline));
        Assert.Equal(3, step.Count);
        Assert.Equal(Dialect.Mizar, made.Settings.Dialect);
        Assert.Single(made.Expect);
        Assert.Equal("null", made.Name);
    }

    [Fact]
    public void ValuesHaveTheFormsOfTheLanguage()
    {
        ScriptDocument document = ScriptDocument.Scenario("forms")
            .Set("a", true).Set("b", 1_000_000).Set("c", 1.5).Set("d", null).Set("e", "").Set("f", new[] { "x", "y" })
            .Set("g", new Dictionary<string, object?> { ["two-words"] = new { h = Array.Empty<int>() } })
            .Set("a", false).Add("f", "z");
        Assert.Equal(
            "name: forms\na: false\nb: 1000000\nc: 1.5\nd: null\ne: \"\"\nf:\n- x\n- y\n- z\ng:\n  two-words:\n    h: []\n",
            document.ToYaml().ReplaceLineEndings("\n"));
    }

    /// <summary>From the process that ran the script: with its lines, and with text that looks like something else still text.</summary>
    [Fact]
    public void WhatIsTransferredIsTheSame()
    {
        ScriptDocument given = Small().Set("description", "null").Set("tags", Array.Empty<string>()).Set("seed", null).Set("pace", "");
        int line = Line();
        given.Set("topology.droplets.d0.colour", "red");
        using MemoryStream stream = new();
        ScriptTransfer.Write([given, ScriptDocument.Experiment("q?")], stream);
        ScriptDocument[] read = [.. ScriptTransfer.Read(stream.ToArray())];
        Assert.Equal([false, true], read.Select(r => r.IsExperiment));
        Assert.Equal(given.ToYaml(), read[0].ToYaml());
        ScenarioException wrong = Assert.Throws<ScenarioException>(() => read[0].Load());
        Assert.Equal(Assert.Throws<ScenarioException>(() => given.Load()).Message, wrong.Message);
        Assert.Contains(wrong.Errors, error => error.Where.Line == line + 1);
        for (int length = 0; length < stream.Length; length++)
        {
            Assert.Throws<FormatException>(() => ScriptTransfer.Read(stream.ToArray().AsMemory(0, length)));
        }
    }

    [Theory]
    [InlineData("it: 'single', \"double\" # no comment")]
    [InlineData("two\nlines\n")]
    [InlineData(" - lead and trail ")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("&anchor *alias !tag %directive @at `tick`")]
    public void AnyTextComesBackFromYaml(string text)
    {
        ScriptDocument document = Small().Set("description", text);
        Assert.Equal(text.Trim(), ScenarioLoader.Load("made.yaml", document.ToYaml()).Description);
        Assert.Equal(text.Trim(), document.Load()[0].Description);
    }

    [Fact]
    public void WhatIsWrongIsToldWithTheScriptsLine()
    {
        ScriptDocument document = Small();
        int line = Line();
        document.Set("topology.droplets.d0.colour", "red");
        ScenarioError error = Assert.Single(Assert.Throws<ScenarioException>(() => document.Load()).Errors);
        Assert.Equal(line + 1, error.Where.Line);
        Assert.EndsWith("ScriptDocumentTests.cs", error.Where.File, StringComparison.Ordinal);
        Assert.Contains("no key 'colour'", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatHasNoFormIsRefusedAtOnce()
    {
        Assert.Contains("no form", Assert.Throws<ArgumentException>(() => Small().Set("on", new Formless())).Message, StringComparison.Ordinal);
        Assert.Contains("no mapping", Assert.Throws<ArgumentException>(() => Small().Set("name.first", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("no list", Assert.Throws<ArgumentException>(() => Small().Add("name", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExperimentIsReadAsItsTextIs()
    {
        ScriptDocument document = ScriptDocument.Experiment("Are all used?")
            .Set("dialect", "lab")
            .Set("study", new { paths = new { bouncers = 2, dividers = 3, far_bouncers = 2, pairs = 1_000 } })
            .Set("sweep", new Dictionary<string, object> { ["study.bouncers"] = new[] { 2, 3 } })
            .Claim(new { exact = new { measure = "distinct_paths", @is = "bouncers * 6" } });
        Assert.Equal(2, document.LoadExperiment().Grid.Count);
        Assert.Equal(ExperimentLoader.Load("made.yaml", document.ToYaml()).Question, document.LoadExperiment(quick: true).Question);
        Assert.Contains("no scenario", Assert.Throws<ScenarioException>(() => document.Load()).Message, StringComparison.Ordinal);
        Assert.Contains("no experiment", Assert.Throws<ScenarioException>(() => Small().LoadExperiment()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionsCollectWhatIsGivenAndEndWithTheScript()
    {
        Assert.Equal(2, ScriptSession.Collect("x.cs", () =>
        {
            Small().Give();
            Small().Give();
        }).Length);
        Assert.Throws<InvalidOperationException>(() => ScriptSession.Collect("x.cs", () => throw new InvalidOperationException()));
        Assert.Empty(ScriptSession.Collect("x.cs", () => { }));
    }

    private static ScriptDocument Small()
    {
        ScriptDocument document = ScriptDocument.Scenario("null").Set("dialect", "mizar");
        for (int i = 0; i < 3; i++)
        {
            document.Set($"topology.droplets.d{i}", new { });
        }
        return document
            .Set("topology.vpcs.blue", new { vni = 3, cidr = "10.0.0.0/16" })
            .Set("topology.networks.net", new { vpc = "blue", cidr = "10.0.0.0/16", bouncers = new[] { "d2" } })
            .Set("topology.endpoints.a", new { network = "net", address = "10.0.0.2", droplet = "d0" })
            .Set("topology.endpoints.b", new { network = "net", address = "10.0.0.3", droplet = "d1" })
            .Step(new { ping = new { from = "a", to = "b", count = 3 } })
            .Expect(new { reachable = new { from = "a", to = "b" } });
    }

    private static int Line([System.Runtime.CompilerServices.CallerLineNumber] int line = 0) => line;

    private sealed class Formless;
}
