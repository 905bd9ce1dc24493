using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>A formula; its faults have their own column in the file.</summary>
internal sealed class ExpressionShape : ScalarShape<Expression>
{
    public static readonly ExpressionShape Instance = new();

    public override string Words => "a formula";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("formula", () => new JsonObject
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["maxLength"] = 1_000 }, new JsonObject { ["type"] = "number" }, new JsonObject { ["type"] = "boolean" }),
        });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out Expression value)
    {
        value = null!;
        try
        {
            value = Expression.Parse(scalar.Text);
            return true;
        }
        catch (ExpressionException fault)
        {
            Report(context.Diagnostics, scalar.Where, scalar.Plain, fault);
            return false;
        }
    }

    /// <summary>Points into a formula: behind the quote it begins with, if it does.</summary>
    /// <param name="where">Of the scalar.</param>
    public static void Report(Diagnostics diagnostics, Overlay.SourcePlace where, bool plain, ExpressionException fault) =>
        diagnostics.Report(where with { Column = where.Column + fault.Column - (plain ? 1 : 0) }, fault.Message, fault.Mend);
}

/// <summary>How near: <c>5 sigma</c>, <c>2%</c>, <c>0.05</c> in the measure's unit, or bounds <c>[low, high]</c>, which are formulas.</summary>
internal sealed class ToleranceShape : Shape<Tolerance>
{
    public static readonly ToleranceShape Instance = new();

    private const double MostSigma = 100;

    public override string Words => "5 sigma, 2%, 0.05 or [low, high]";

    public override string Details => "`5 sigma` (standard errors), `2%`, `0.05` (in the measure's unit), or `[low, high]`, two formulas";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer("tolerance", () => new JsonObject
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "number", ["minimum"] = 0 },
            new JsonObject { ["type"] = "string", ["pattern"] = @"^[0-9]+(\.[0-9]+)?( ?sigma|%)?$" },
            new JsonObject { ["type"] = "array", ["minItems"] = 2, ["maxItems"] = 2, ["items"] = ExpressionShape.Instance.Schema(definitions) }),
    });

    public override bool TryRead(YamlNode node, ReadContext context, out Tolerance value)
    {
        value = null!;
        if (node is YamlList { Items: [var low, var high] })
        {
            bool good = ExpressionShape.Instance.TryRead(low, context, out Expression least) & ExpressionShape.Instance.TryRead(high, context, out Expression most);
            value = new Tolerance.Range(least, most);
            return good;
        }
        if (node is YamlScalar { IsNull: false } scalar)
        {
            value = Of(scalar.Text.Trim())!;
        }
        if (value is null)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
        }
        return value is not null;
    }

    private static Tolerance? Of(string text)
    {
        const string sigma = "sigma";
        if (text.EndsWith(sigma, StringComparison.Ordinal))
        {
            return Quantity.TryNumber(text[..^sigma.Length], out double count) && count is > 0 and <= MostSigma ? new Tolerance.Sigma(count, null) : null;
        }
        if (text.EndsWith('%'))
        {
            return Quantity.TryNumber(text[..^1], out double percent) && percent is >= 0 and <= 1_000 ? new Tolerance.Relative(percent / 100) : null;
        }
        return Quantity.TryNumber(text, out double slack) && slack >= 0 ? new Tolerance.Absolute(slack) : null;
    }
}
