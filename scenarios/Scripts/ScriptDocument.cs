using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MizarLab.Overlay;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Scripts;

/// <summary>
/// A scenario or an experiment that a C# script computes: the same keys, types and checks as in a YAML file, put in one by one. What is wrong is told with the script's line. A script
/// hands its documents over by <see cref="Give"/>: <c>mizarlab run x.cs</c> and <c>mizarlab simulate x.cs</c> run them, and <c>dotnet run x.cs</c> alone prints them as YAML.
/// </summary>
/// <remarks>
/// A value is text as one would write it in the file (<c>"10us"</c>, <c>"10.0.0.1"</c>), a number, a boolean, null, a sequence (a list), a dictionary by text, or an object without
/// a name, whose properties are the keys: <c>new { from = "a", to = "b", count = 2 }</c>.
/// </remarks>
/// <example><code>
/// #:project ../MizarLab.Scenarios.csproj
/// using MizarLab.Scenarios.Scripts;
///
/// ScriptDocument ring = ScriptDocument.Scenario("a ring");
/// for (int i = 0; i &lt; 5; i++)
/// {
///     ring.Set($"topology.droplets.d{i}", new { });
/// }
/// ring.Step(new { ping = new { from = "a", to = "b" } }).Expect(new { reachable = new { from = "a", to = "b" } });
/// ring.Give();
/// </code></example>
public sealed class ScriptDocument
{
    internal ScriptDocument(bool isExperiment, ScriptMap root)
    {
        IsExperiment = isExperiment;
        Root = root;
    }

    internal ScriptMap Root { get; }

    private string File => Root.Where.File;

    /// <summary>Whether it is read by <see cref="LoadExperiment"/>, not by <see cref="Load"/>.</summary>
    public bool IsExperiment { get; }

    /// <param name="name">What tables and reports call it.</param>
    /// <param name="file">Left to the compiler, as <paramref name="line"/>.</param>
    public static ScriptDocument Scenario(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new ScriptDocument(isExperiment: false, new ScriptMap(PlaceOf(file, line))).Set("name", name, line);

    /// <param name="question">What it asks, as the report begins.</param>
    /// <param name="file">Left to the compiler, as <paramref name="line"/>.</param>
    public static ScriptDocument Experiment(string question, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new ScriptDocument(isExperiment: true, new ScriptMap(PlaceOf(file, line))).Set("experiment", question, line);

    /// <summary>Puts a value under a key; what was there is replaced.</summary>
    /// <param name="path">Keys with dots between, like <c>topology.endpoints.a.droplet</c>; mappings on the way are made.</param>
    /// <param name="value">See above.</param>
    /// <exception cref="ArgumentException">A key on the way has a value that is no mapping, or the value has no form in the language.</exception>
    public ScriptDocument Set(string path, object? value, [CallerLineNumber] int line = 0)
    {
        SourcePlace where = new(File, line, 1);
        (ScriptMap parent, string key) = Descend(path, where);
        parent.Set(key, ScriptValues.NodeOf(value, where), where);
        return this;
    }

    /// <summary>Puts a value behind the others of a list.</summary>
    /// <param name="path">Of the list, which is made if it is not there.</param>
    /// <param name="item">See above.</param>
    /// <exception cref="ArgumentException">There is something else than a list, or the item has no form in the language.</exception>
    public ScriptDocument Add(string path, object? item, [CallerLineNumber] int line = 0)
    {
        SourcePlace where = new(File, line, 1);
        (ScriptMap parent, string key) = Descend(path, where);
        ScriptList list = parent.ListAt(key, where) ?? throw new ArgumentException($"'{path}' is no list", nameof(path));
        list.Items.Add(ScriptValues.NodeOf(item, where));
        return this;
    }

    /// <summary>Another step of the timeline.</summary>
    public ScriptDocument Step(object step, [CallerLineNumber] int line = 0) => Add("timeline", step, line);

    /// <summary>Another thing that must hold.</summary>
    public ScriptDocument Expect(object expectation, [CallerLineNumber] int line = 0) => Add("expect", expectation, line);

    /// <summary>Another claim of an experiment.</summary>
    public ScriptDocument Claim(object claim, [CallerLineNumber] int line = 0) => Add("claims", claim, line);

    /// <summary>Hands the document over to who runs the script; in a script that runs alone, prints it as YAML.</summary>
    public void Give()
    {
        if (ScriptSession.Current is { } session)
        {
            session.Add(this);
        }
        else
        {
            Console.Out.Write(ToYaml());
        }
    }

    /// <summary>The same as a file's text.</summary>
    public string ToYaml() => YamlWriter.Write(Root.ToNode());

    /// <summary>Reads the scenarios it holds: one, or one a variant.</summary>
    /// <exception cref="ScenarioException">Something is wrong, or it is an experiment; places are the script's lines.</exception>
    public ImmutableArray<Scenario> Load(LoadOptions? options = null, IInputFiles? inputs = null) => IsExperiment
        ? throw new ScenarioException([FileKind.NoScenario(Root.Where)])
        : ScenarioLoader.LoadAll(File, Root.ToNode(), options, inputs);

    /// <summary>Reads the experiment it is.</summary>
    /// <param name="quick">The smaller form.</param>
    /// <exception cref="ScenarioException">Something is wrong, or it is a scenario; places are the script's lines.</exception>
    public Experiment LoadExperiment(bool quick = false, IInputFiles? inputs = null) => IsExperiment
        ? ExperimentLoader.Load(File, Root.ToNode(), quick, inputs)
        : throw new ScenarioException([FileKind.NoExperiment(Root.Where)]);

    private static SourcePlace PlaceOf(string file, int line) => new(ScriptSession.Current?.NameOf(file) ?? file, line, 1);

    private (ScriptMap Parent, string Key) Descend(string path, SourcePlace where)
    {
        string[] keys = path.Split('.');
        ScriptMap at = Root;
        foreach (string key in keys.AsSpan(..^1))
        {
            at = at.MapAt(key, where) ?? throw new ArgumentException($"'{key}' of '{path}' has a value that is no mapping", nameof(path));
        }
        return (at, keys[^1]);
    }
}
