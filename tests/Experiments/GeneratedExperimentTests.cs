using System.Text.Json.Nodes;
using MizarLab.Harness.Inputs;
using MizarLab.Scenarios;
using MizarLab.Tests.Scenarios;

namespace MizarLab.Tests.Experiments;

/// <summary>The schema and the handbook's reference of experiments are fresh; <c>UPDATE_GENERATED=1</c> writes them anew.</summary>
public sealed class GeneratedExperimentTests
{
    private const string Begin = "<!-- generated from scenarios/Language by ScenarioReference; a test holds it fresh -->\n\n";
    private const string End = "<!-- end of generated part -->";

    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1";

    [Fact]
    public void The_schema_is_fresh() => Compare(Path.Combine(Repository.Root, ExperimentSchema.Path), _ => ExperimentSchema.Generate());

    [Fact]
    public void The_reference_is_fresh() => Compare(Page, page =>
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin);
        return page[..begin] + ExperimentSchema.Reference() + page[end..];
    });

    [Fact]
    public void The_handbooks_example_is_an_experiment()
    {
        string page = File.ReadAllText(Page);
        const string Fence = "```yaml\n";
        int begin = page.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        Assert.Equal(2, ExperimentLoader.Load("docs/experiments.md", page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)]).Claims.Length);
    }

    [Theory]
    [MemberData(nameof(ExperimentLibrary.Rows), MemberType = typeof(ExperimentLibrary))]
    public void Library_files_follow_the_schema(string file) =>
        Assert.Null(SchemaChecker.Check(JsonNode.Parse(ExperimentSchema.Generate())!, YamlAsJson.Read(ExperimentLibrary.Text(file))));

    [Theory]
    [InlineData("answers: [E7, Q3]", "answers: E7")]
    [InlineData("bouncers: 4", "bouncers: 400")]
    [InlineData("- exact:", "- exactly:")]
    [InlineData("y_scale: log", "y_scale: logarithmic")]
    [InlineData("repeat: 5", "repeat: 0")]
    [InlineData("figure:", "figures:")]
    [InlineData("within: 0.001", "within: near")]
    public void The_schema_refuses_what_the_parser_refuses(string good, string bad)
    {
        string text = ExperimentLibrary.Text("paths.yaml");
        Assert.Contains(good, text, StringComparison.Ordinal);
        string broken = text.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotNull(SchemaChecker.Check(JsonNode.Parse(ExperimentSchema.Generate())!, YamlAsJson.Read(broken)));
        Assert.Throws<ScenarioException>(() => ExperimentLoader.Load("paths.yaml", broken));
    }

    private static string Page => Path.Combine(Repository.Root, "docs", "experiments.md");

    private static void Compare(string path, Func<string, string> make)
    {
        string there = File.Exists(path) ? File.ReadAllText(path) : "";
        string fresh = make(there);
        if (Update)
        {
            File.WriteAllText(path, fresh);
            there = fresh;
        }
        Assert.Equal(fresh, there);
    }
}

/// <summary>The files of scenarios/experiments.</summary>
internal static class ExperimentLibrary
{
    public static string Folder => Path.Combine(Repository.Root, "scenarios", "experiments");

    public static string[] Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Rows => [.. Files];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public static MizarLab.Studies.Experiment Load(string file, bool quick) => ExperimentLoader.Load(file, Text(file), quick, InputFiles.Beside(Path.Combine(Folder, file)));
}
