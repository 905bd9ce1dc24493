using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Measure;

namespace MizarLab.Cli.Commands;

/// <summary>Options that several commands share, so that they are spelt and checked the same way everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>Paths; a mistyped option among them is called one, not a missing file.</summary>
    public static Argument<string[]> Files(string name, string description)
    {
        Argument<string[]> files = new(name) { Description = description, Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(t => t.Value.StartsWith('-')))
            {
                result.AddError($"unknown option '{token.Value}' (a file of this name is ./{token.Value})");
            }
            if (result.Tokens.Any(t => t.Value.Length == 0))
            {
                result.AddError($"an empty path is no {name}");
            }
        });
        return files;
    }

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
            foreach (Dialect dialect in Enum.GetValues<Dialect>())
            {
                if (result.Tokens[0].Value == dialect.ToString().ToLowerInvariant())
                {
                    return dialect;
                }
            }
            result.AddError($"'{result.Tokens[0].Value}' is not a dialect; there are mizar and lab");
            return null;
        },
    };

    public static Option<ImmutableArray<(Switches Switch, bool On)>> SwitchOption() => new("--switch")
    {
        Description = "A single correction on or off, whatever dialect and scenario say (mizarlab list dialects); may be repeated.",
        HelpName = "name=on|off",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            ImmutableArray<(Switches, bool)>.Builder positions = ImmutableArray.CreateBuilder<(Switches, bool)>();
            foreach (Token token in result.Tokens)
            {
                if (token.Value.Split('=') is not [var name, "on" or "off"])
                {
                    result.AddError($"'{token.Value}' is no position of a switch; loop_guard=off is");
                }
                else if (SwitchTable.Find(name) is not { } entry)
                {
                    result.AddError($"no switch is named '{name}' (mizarlab list dialects)");
                }
                else
                {
                    positions.Add((entry.Switch, token.Value.EndsWith("=on", StringComparison.Ordinal)));
                }
            }
            return positions.ToImmutable();
        },
    };

    /// <summary>Holds an option or argument to some words.</summary>
    /// <param name="values">Its <c>Validators</c> and <c>CompletionSources</c> are set.</param>
    /// <param name="noun">What a word of them is.</param>
    public static void AmongOnly(this Argument<string?> values, string noun, params string[] words)
    {
        values.CompletionSources.Add(words);
        values.Validators.Add(result => Refuse(result.Tokens, noun, words, result.AddError));
    }

    /// <inheritdoc cref="AmongOnly(Argument{string?}, string, string[])"/>
    public static void AmongOnly(this Option<string?> values, string noun, params string[] words)
    {
        values.CompletionSources.Add(words);
        values.Validators.Add(result => Refuse(result.Tokens, noun, words, result.AddError));
    }

    private static void Refuse(IReadOnlyList<Token> tokens, string noun, string[] words, Action<string> error)
    {
        foreach (Token token in tokens.Where(t => !words.Contains(t.Value)))
        {
            error($"'{token.Value}' is no {noun}; there are {string.Join(", ", words)}");
        }
    }

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Seed of every random stream of the run, 0 to 2^64 - 1.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            if (!ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no seed; a whole number from 0 to 2^64 - 1 is");
            }
            return seed;
        },
    };

    /// <param name="what">What is sampled, as the beginning of a sentence.</param>
    public static Option<Sampling?> Sample(string what) => new("--sample")
    {
        Description = $"{what}: one in so many flows, 1/1000, or in so many packets, '1/1000 packets', by hash under the seed; all when not given.",
        HelpName = "1/N",
        CustomParser = result =>
        {
            if (Sampling.TryParse(result.Tokens[0].Value, out Sampling sampling))
            {
                return sampling;
            }
            result.AddError($"'{result.Tokens[0].Value}' is no sample; 1/1000 and '1/1000 packets' are");
            return null;
        },
    };

    public static Option<string> Out()
    {
        Option<string> output = new("--out") { Description = "Folder of all runs; the run gets a folder of its own in it.", HelpName = "folder", DefaultValueFactory = _ => "runs" };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError("--out names no folder");
            }
        });
        return output;
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
