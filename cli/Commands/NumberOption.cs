using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MizarLab.Cli.Commands;

/// <summary>Options that are a number within bounds, refused in the lab's own words and before anything is begun.</summary>
internal static class NumberOption
{
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the command's help.</param>
    /// <param name="least">The smallest that is taken.</param>
    /// <param name="most">The largest.</param>
    /// <param name="standard">What it is when it is not given.</param>
    public static Option<T> Of<T>(string name, string description, T least, T most, T standard)
        where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => standard,
        CustomParser = result => Read(result, name, least, most) ?? standard,
    };

    /// <summary>One that has no value when it is not given.</summary>
    /// <inheritdoc cref="Of"/>
    public static Option<T?> Optional<T>(string name, string description, T least, T most)
        where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result => Read(result, name, least, most),
    };

    private static T? Read<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        // Neither exponents nor gaps: what a shell script made by mistake is told, not guessed at. NaN is within no bounds.
        if (T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out T number) && number >= least && number <= most)
        {
            return number;
        }
        string kind = T.IsZero(T.One / (T.One + T.One)) ? "whole number" : "number";
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is a {kind} from {least} to {most}, not '{text}'"));
        return null;
    }
}
