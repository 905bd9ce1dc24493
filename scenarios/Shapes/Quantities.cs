using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Engine;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>
/// A number with its unit: <c>10us</c>, <c>1500B</c>, <c>2.5Gbit</c>, <c>512 frames</c>. A bare number is refused: a file is read by
/// people who do not know what its author thought in.
/// </summary>
/// <param name="example">A number and the unit proposed when there is none.</param>
/// <param name="units">Each unit with its size in the base unit, in which the value must be whole.</param>
internal abstract class QuantityShape<T>(string noun, string example, (string Name, long Size)[] units, long least, long most) : ScalarShape<T>
{
    private static readonly char[] Digits = [.. "0123456789."];

    public override string Words => $"{noun} like {example}";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer(noun.Split(' ')[^1], () => new JsonObject
    {
        ["type"] = "string",
        ["pattern"] = $"^([0-9]+(\\.[0-9]+)? ?({string.Join('|', units.Select(u => u.Name))}){Also})$",
    });

    /// <summary>Another form the value may have, as a pattern's alternative.</summary>
    protected virtual string Also => "";

    protected abstract T Make(long value);

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out T value)
    {
        value = default!;
        string text = scalar.Text.Trim();
        int end = text.AsSpan().IndexOfAnyExcept(Digits);
        ReadOnlySpan<char> digits = end < 0 ? text : text.AsSpan(0, end);
        if (digits.Length is 0 or > 18 || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return Refuse(scalar, context);
        }
        if (end < 0)
        {
            context.Diagnostics.Report(scalar.Where, "a quantity needs a unit", $"{text}{example.TrimStart(Digits)}?");
            return false;
        }
        string unit = text[end..].TrimStart();
        foreach ((string name, long size) in units)
        {
            if (name == unit)
            {
                return InRange(scalar, context, number * size, out value);
            }
        }
        context.Diagnostics.Report(
            scalar.Where, $"'{YamlScalar.Clip(unit)}' is no unit of {noun} ({string.Join(", ", units.Select(u => u.Name))})", Suggestion.For(unit, units.Select(u => u.Name)));
        return false;
    }

    private bool InRange(YamlScalar scalar, ReadContext context, decimal number, out T value)
    {
        value = default!;
        if (number < least || number > most)
        {
            context.Diagnostics.Report(scalar.Where, $"{scalar.What} is out of range", $"{Show(Make(least))} to {Show(Make(most))}");
            return false;
        }
        if (number != decimal.Truncate(number))
        {
            context.Diagnostics.Report(scalar.Where, $"{scalar.What} is not a whole number of {units[0].Name}");
            return false;
        }
        value = Make((long)number);
        return true;
    }
}

/// <summary>A span of time.</summary>
internal sealed class DurationShape(SimTime least, SimTime most) : QuantityShape<SimTime>(
    "a duration",
    "10ms",
    [("ps", 1), ("ns", 1_000), ("us", 1_000_000), ("ms", 1_000_000_000), ("s", 1_000_000_000_000)],
    least.Picoseconds,
    most.Picoseconds)
{
    protected override SimTime Make(long value) => new(value);
}

/// <summary>A number of bytes.</summary>
internal sealed class SizeShape(int least, int most) : QuantityShape<int>("a size", "1500B", [("B", 1), ("kB", 1_000), ("KiB", 1_024), ("MB", 1_000_000)], least, most)
{
    public override string Show(int value) => string.Create(CultureInfo.InvariantCulture, $"{value}B");

    protected override int Make(long value) => (int)value;
}

/// <summary>How many in a second.</summary>
internal sealed class PerSecondShape(int most) : QuantityShape<int>("a number a second", "100/s", [("/s", 1)], 1, most)
{
    public override string Show(int value) => string.Create(CultureInfo.InvariantCulture, $"{value}/s");

    protected override int Make(long value) => (int)value;
}

/// <summary>A limit on what is sent, in bits a second.</summary>
internal sealed class LimitShape() : QuantityShape<DataRate>(
    "a limit", "100Mbit", [("bit", 1), ("kbit", 1_000), ("Mbit", 1_000_000), ("Gbit", 1_000_000_000)], 8_000, 1_000_000_000_000)
{
    protected override DataRate Make(long value) => new(value);
}

/// <summary>A link's rate; <c>unlimited</c> is one too.</summary>
internal sealed class RateShape() : QuantityShape<DataRate>(
    "a rate", "10Gbit", [("bit", 1), ("kbit", 1_000), ("Mbit", 1_000_000), ("Gbit", 1_000_000_000)], 1_000, 1_000_000_000_000)
{
    protected override string Also => "|unlimited";

    protected override DataRate Make(long value) => new(value);

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out DataRate value)
    {
        value = DataRate.Unlimited;
        return scalar.Text == "unlimited" || base.TryRead(scalar, context, out value);
    }
}

/// <summary>A queue's length.</summary>
internal sealed class FramesShape(int least, int most) : QuantityShape<int>("a number of frames", "512 frames", [("frames", 1), ("frame", 1)], least, most)
{
    public override string Show(int value) => string.Create(CultureInfo.InvariantCulture, $"{value} frames");

    protected override int Make(long value) => (int)value;
}
