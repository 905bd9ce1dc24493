using System.CommandLine;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Overlay;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab list scenarios|experiments|backends|dialects</c>: what there is to choose from.</summary>
internal static class ListCommand
{
    private sealed record Item(string Name, string Description);

    public static Command Create()
    {
        Argument<string?> what = new("what") { Description = "scenarios, experiments, backends or dialects; default: all of them.", Arity = ArgumentArity.ZeroOrOne };
        what.AmongOnly("list", "scenarios", "experiments", "backends", "dialects");
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("list", "List the library's scenarios and experiments, the backends and whether they run here, and the dialects.", """
            Examples:
              mizarlab list
              mizarlab list backends
              mizarlab list scenarios --json
              mizarlab list experiments
              mizarlab list dialects
            """)
        {
            what,
            json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(what), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? what, bool json)
    {
        if (what == "dialects")
        {
            DialectTable.Print(json);
            return ExitCode.Held;
        }
        SortedDictionary<string, IReadOnlyList<Item>> lists = new(StringComparer.Ordinal);
        foreach ((string name, Func<IReadOnlyList<Item>> items) in new (string, Func<IReadOnlyList<Item>>)[] 
        {
            ("scenarios", () => Scenarios(named: what is not null)),
            ("experiments", () => Experiments(named: what is not null)),
            ("backends", Backends),
            ("dialects", Dialects),
        })
        {
            if (what is null || what == name)
            {
                lists[name] = items();
            }
        }
        if (json)
        {
            PrintJson(lists);
            return ExitCode.Held;
        }
        foreach ((string name, IReadOnlyList<Item> items) in lists)
        {
            if (what is null)
            {
                Console.Out.WriteLine($"{name}:");
            }
            int width = items.Select(i => i.Name.Length).DefaultIfEmpty().Max();
            foreach (Item item in items)
            {
                Console.Out.WriteLine($"  {item.Name.PadRight(width)}  {item.Description}");
            }
        }
        return ExitCode.Held;
    }

    /// <param name="named">The user asked for them, so that a missing library is an error.</param>
    private static List<Item> Scenarios(bool named) => Checkout.Root is null && !named ? [] :
    [
        .. ScenarioFiles.Find([Checkout.Library]).Select(file =>
        {
            Scenario scenario = ScenarioFiles.Load(file);
            return new Item(Path.GetRelativePath(Environment.CurrentDirectory, file), scenario.Name);
        }),
    ];

    private static List<Item> Experiments(bool named) => Checkout.Root is null && !named ? [] :
    [
        .. ExperimentFiles.LoadAll([Checkout.Experiments], quick: true, CancellationToken.None)
            .Select(loaded => new Item(Path.GetRelativePath(Environment.CurrentDirectory, loaded.File), loaded.Experiment.Question)),
    ];

    private static List<Item> Backends() =>
    [
        .. LabBackends.Create().All.Select(b => new Item(b.Traits.Name, b.Probe() is { Available: false } lacking ? $"not here: {lacking.Reason}" : b.Traits.Live ? "real kernel, real time" : "deterministic, simulated time")),
    ];

    private static List<Item> Dialects() =>
    [
        new Item("mizar", "byte for byte what upstream's programs do, quirks included"),
        new Item("lab", $"the corrected data plane: {SwitchTable.All.Length} switches (mizarlab list dialects)"),
    ];

    private static void PrintJson(SortedDictionary<string, IReadOnlyList<Item>> lists)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        foreach ((string name, IReadOnlyList<Item> items) in lists)
        {
            writer.WriteStartArray(name);
            foreach (Item item in items)
            {
                writer.WriteStartObject();
                writer.WriteString("name", item.Name);
                writer.WriteString("description", item.Description);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
