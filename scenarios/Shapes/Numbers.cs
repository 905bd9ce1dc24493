using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A number without a unit that need not be whole, within bounds: a load, a share, an exponent.</summary>
internal sealed class NumberShape(string noun, double least, double most) : ScalarShape<double>
{
    public override string Words => string.Create(CultureInfo.InvariantCulture, $"{noun} ({least} to {most})");

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "number", ["minimum"] = least, ["maximum"] = most };

    protected override bool TryRead(YamlScalar scalar, Reading.ReadContext context, out double value)
    {
        bool number = double.TryParse(Quantity.WithoutGaps(scalar.Text), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
        if (number && value >= least && value <= most)
        {
            return scalar.Plain || Refuse(scalar, context, "without quotes");
        }
        value = 0;
        return Refuse(scalar, context);
    }
}
