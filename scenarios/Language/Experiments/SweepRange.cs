using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>An axis as a range of equal steps or equal factors, both ends in it; with units when <c>from</c> has one: <c>{ from: 1us, to: 1000us, factor: 10 }</c>.</summary>
internal static class SweepRange
{
    private static readonly TextShape Number = new(40);
    private static readonly Key<string> From = Key.Needs("from", Number, "The first value.");
    private static readonly Key<string> To = Key.Needs("to", Number, "The last, if a step hits it.");
    private static readonly Key<string> Step = Key.May("step", Number, "Added from one to the next.");
    private static readonly Key<string> Factor = Key.May("factor", Number, "From one to the next.");
    private static readonly RecordShape Shape = new("range", "Values of an axis.", From, To, Step, Factor) { OneOf = [Step, Factor] };

    /// <summary>Null after something was reported.</summary>
    public static RawAxis? Read(YamlScalar path, YamlMap range, ReadContext context)
    {
        if (!Shape.TryRead(range, context, out Fields fields))
        {
            return null;
        }
        string unit = UnitOf(fields.Get(From));
        bool good = Parse(fields, From, unit, context.Diagnostics, out decimal from) & Parse(fields, To, unit, context.Diagnostics, out decimal to);
        bool steps = fields.Given(Step);
        good &= Parse(fields, steps ? Step : Factor, steps ? unit : "", context.Diagnostics, out decimal by);
        if (!good)
        {
            return null;
        }
        string? trouble = (from, to, by) switch
        {
            _ when from > to => "a range that ends before it begins",
            _ when steps && by <= 0 => "a step must be more than 0",
            _ when !steps && by < 1.001m => "a factor must be at least 1.001",
            _ when !steps && from <= 0 => "factors need a first value above 0",
            _ => null,
        };
        if (trouble is not null)
        {
            context.Diagnostics.Report(range.Where, trouble);
            return null;
        }
        return TreePut.PathOf(path, context.Diagnostics) is { } segments
            ? new RawAxis(path, steps ? (long)Math.Min((to - from) / by, long.MaxValue / 2) + 1 : Powers(from, to, by).Count, () =>
                [.. (steps ? Steps(from, to, by) : Powers(from, to, by)).Select(v => v + unit).Select(text => new RawValue(text, range.Where, [new TreePut(path.Where, segments, new YamlScalar(range.Where, text, true))]))])
            : null;
    }

    private static List<string> Steps(decimal from, decimal to, decimal by)
    {
        List<string> values = [];
        for (decimal at = from; at <= to; at += by)
        {
            values.Add(Text(at));
        }
        return values;
    }

    /// <summary>Between whole ends a broken factor goes to the nearest whole numbers: 10, 32, 100.</summary>
    private static List<string> Powers(decimal from, decimal to, decimal by)
    {
        bool whole = from == decimal.Truncate(from) && to == decimal.Truncate(to);
        List<string> values = [];
        decimal slack = to + (to * 0.0001m);
        for (decimal at = from; at <= slack; at *= by)
        {
            string text = Text(whole ? decimal.Round(at, MidpointRounding.AwayFromZero) : at);
            if (values.Count == 0 || values[^1] != text)
            {
                values.Add(text);
            }
            if (at > decimal.MaxValue / by / 2)
            {
                break;
            }
        }
        return values;
    }

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string UnitOf(string text)
    {
        int end = text.AsSpan().IndexOfAnyExcept("0123456789._-");
        return end < 0 ? "" : text[end..];
    }

    private static bool Parse(Fields fields, Key<string> key, string unit, Diagnostics diagnostics, out decimal number)
    {
        string text = fields.Get(key);
        number = 0;
        bool ends = text.EndsWith(unit, StringComparison.Ordinal);
        if (ends && decimal.TryParse(Quantity.WithoutGaps(text[..^unit.Length].Trim()), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && Math.Abs(number) < 1e18m)
        {
            return true;
        }
        diagnostics.Report(fields.PlaceOf(key), $"expected a number{(unit.Length > 0 ? $" of {unit.Trim()}, as 'from' is," : "")} not '{YamlScalar.Clip(text)}'");
        return false;
    }
}
