using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using MizarLab.DataPlane;

namespace MizarLab.Cli.Commands;

/// <summary>Options that several commands share, so that they are spelt and checked the same way everywhere.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object on standard output and nothing else there." };

    public static Option<ImmutableArray<string>?> On(params string[] allowed) => new("--on")
    {
        Description = $"Backends, comma-separated: {string.Join(", ", allowed)}. One that this machine cannot give is an error (exit 3).",
        HelpName = "backends",
        CustomParser = result => ParseList(result, allowed),
    };

    public static Option<Dialect?> DialectOption() => new("--dialect")
    {
        Description = "Data plane to run, mizar or lab; default: the scenario's.",
        HelpName = "dialect",
        CustomParser = result =>
        {
            if (Enum.TryParse(result.Tokens[0].Value, ignoreCase: true, out Dialect dialect) && Enum.IsDefined(dialect) && !char.IsDigit(result.Tokens[0].Value[0]))
            {
                return dialect;
            }
            result.AddError($"'{result.Tokens[0].Value}' is not a dialect; there are mizar and lab");
            return null;
        },
    };

    public static Option<ulong> Seed() => new("--seed") { Description = "Seed of every random stream of the run.", HelpName = "number", DefaultValueFactory = _ => 1 };

    /// <summary>Until the lab dialect is built, asking for it is asking for something this machine cannot give.</summary>
    /// <exception cref="UserError">The dialect is <c>lab</c>.</exception>
    public static void RequireBuilt(Dialect? dialect)
    {
        if (dialect == Dialect.Lab)
        {
            throw new UserError("dialect 'lab' is not built yet; run with --dialect mizar", ExitCode.Lacking);
        }
    }

    private static ImmutableArray<string>? ParseList(ArgumentResult result, string[] allowed)
    {
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        foreach (string name in result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!allowed.Contains(name))
            {
                result.AddError($"no backend is named '{name}'; there are {string.Join(", ", allowed)}");
                return null;
            }
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }
        if (names.Count == 0)
        {
            result.AddError($"--on names no backend; there are {string.Join(", ", allowed)}");
            return null;
        }
        return names.ToImmutable();
    }
}
