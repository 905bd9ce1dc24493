using System.Text.Json.Nodes;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>What is made from the key tables lies fresh in the repository. <c>UPDATE_GENERATED=1</c> writes it anew.</summary>
public class GeneratedTests
{
    private const string Begin = "<!-- generated from scenarios/Language by ScenarioReference; a test holds it fresh -->\n\n";
    private const string End = "<!-- end of generated part -->";

    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1";

    [Fact]
    public void TheSchemaIsFresh()
    {
        string path = Path.Combine(Repository.Root, ScenarioSchema.Path);
        string fresh = ScenarioSchema.Generate();
        if (Update)
        {
            File.WriteAllText(path, fresh);
        }
        Assert.Equal(fresh, File.ReadAllText(path));
    }

    [Fact]
    public void TheHandbooksReferenceIsFresh()
    {
        string path = Path.Combine(Repository.Root, "docs", "scenarios.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "docs/scenarios.md has lost the marks around its generated part");
        string fresh = page[..begin] + ScenarioReference.Generate() + page[end..];
        if (Update)
        {
            File.WriteAllText(path, fresh);
            page = fresh;
        }
        Assert.Equal(fresh, page);
    }

    [Theory]
    [MemberData(nameof(Library.Rows), MemberType = typeof(Library))]
    public void LibraryFilesFollowTheSchema(string file)
    {
        JsonNode schema = JsonNode.Parse(ScenarioSchema.Generate())!;
        Assert.Null(SchemaChecker.Check(schema, YamlAsJson.Read(Library.Text(file))));
    }

    [Theory]
    [InlineData("mtu: 3000B", "mtu: 3000")]
    [InlineData("vni: 3", "vni: 0")]
    [InlineData("cidr: 10.0.0.0/16", "cidr: 10.0.0.0")]
    [InlineData("dialect: mizar", "dialect: upstream")]
    [InlineData("- ping:", "- pong:")]
    [InlineData("name: there", "nme: there")]
    [InlineData("ttl: { 64: 1, 63: 1 }", "ttl: { high: 1 }")]
    [InlineData("count: 3, name: there", "count: 0, name: there")]
    [InlineData("  - no_unexpected_drops", "  - no_drops")]
    [InlineData("timeline:", "time_line:")]
    public void TheSchemaRefusesWhatTheParserRefuses(string good, string bad)
    {
        string text = Library.Text("demo.yaml");
        Assert.Contains(good, text);
        string broken = text.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotNull(SchemaChecker.Check(JsonNode.Parse(ScenarioSchema.Generate())!, YamlAsJson.Read(broken)));
        Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("demo.yaml", broken));
    }

    [Fact]
    public void EveryKeyInTheSchemaSaysWhatItMeans()
    {
        JsonObject definitions = JsonNode.Parse(ScenarioSchema.Generate())!["$defs"]!.AsObject();
        int keys = 0;
        foreach ((string name, JsonNode? definition) in definitions)
        {
            JsonNode? record = definition!["anyOf"]?[0] ?? definition;
            foreach ((string key, JsonNode? property) in record["properties"]?.AsObject() ?? [])
            {
                keys++;
                Assert.True(property!["description"]!.GetValue<string>().Length > 5, $"{name}.{key}");
            }
        }
        Assert.True(keys > 100, $"only {keys} keys");
    }
}
