using System.Collections.Immutable;

namespace MizarLab.Studies;

/// <summary>A part of an expression.</summary>
/// <param name="Column">Where it begins in the text, from 1.</param>
internal abstract record ExpressionNode(int Column)
{
    public abstract ExpressionValue Evaluate(NameLookup lookup);

    public double Number(NameLookup lookup)
    {
        ExpressionValue value = Evaluate(lookup);
        return value.Kind == ExpressionKind.Number ? value.Number : throw new ExpressionException(Column, $"{Shown(value)} is not a number");
    }

    public bool Truth(NameLookup lookup)
    {
        ExpressionValue value = Evaluate(lookup);
        return value.Kind == ExpressionKind.Truth ? value.Truth : throw new ExpressionException(Column, $"{Shown(value)} is neither true nor false", "compare it: a < b");
    }

    protected static string Shown(ExpressionValue value) => value.Kind switch
    {
        ExpressionKind.Text => $"'{value.Text}'",
        ExpressionKind.Truth => value.Truth ? "true" : "false",
        _ => value.Text,
    };
}

internal sealed record ConstantNode(int Column, ExpressionValue Value) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup) => Value;
}

internal sealed record NameNode(int Column, string Name) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup) =>
        lookup(Name) ?? throw new ExpressionException(Column, $"'{Name}' is no axis, parameter or measure");
}

internal sealed record NegativeNode(int Column, ExpressionNode Of) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup) => ExpressionValue.Of(-Of.Number(lookup));
}

internal sealed record NotNode(int Column, ExpressionNode Of) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup) => ExpressionValue.Of(!Of.Truth(lookup));
}

/// <param name="Operator">One of + - * / ^.</param>
internal sealed record ArithmeticNode(int Column, char Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup)
    {
        double left = Left.Number(lookup);
        double right = Right.Number(lookup);
        try
        {
            return ExpressionValue.Of(Operator switch
            {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                '/' => right != 0 ? left / right : throw new ExpressionException(Right.Column, "division by zero"),
                _ => ExpressionFunctions.Power(left, right),
            });
        }
        catch (ArgumentException undefined)
        {
            throw new ExpressionException(Column, $"a power {undefined.Message} when the exponent is no whole number");
        }
    }
}

/// <param name="Operator">One of == != &lt; &lt;= &gt; &gt;=.</param>
internal sealed record ComparisonNode(int Column, string Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup)
    {
        if (Operator is "==" or "!=")
        {
            ExpressionValue a = Left.Evaluate(lookup);
            ExpressionValue b = Right.Evaluate(lookup);
            if (a.Kind != b.Kind)
            {
                throw new ExpressionException(Right.Column, $"{Shown(a)} and {Shown(b)} are not of one kind");
            }
            return ExpressionValue.Of(a == b == (Operator == "=="));
        }
        double left = Left.Number(lookup);
        double right = Right.Number(lookup);
        return ExpressionValue.Of(Operator switch
        {
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        });
    }
}

internal sealed record LogicNode(int Column, bool And, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup)
    {
        // Both are asked, so that a fault in the second is found at the first point already.
        bool left = Left.Truth(lookup);
        bool right = Right.Truth(lookup);
        return ExpressionValue.Of(And ? left && right : left || right);
    }
}

internal sealed record CallNode(int Column, ExpressionFunctions.Function Function, ImmutableArray<ExpressionNode> Arguments) : ExpressionNode(Column)
{
    public override ExpressionValue Evaluate(NameLookup lookup)
    {
        double[] values = new double[Arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Arguments[i].Number(lookup);
        }
        try
        {
            return ExpressionValue.Of(Function.Compute(values));
        }
        catch (ArgumentException undefined)
        {
            throw new ExpressionException(Column, $"{Function.Name} {undefined.Message}, not of {string.Join(", ", values.Select(v => ExpressionValue.Of(v).Text))}");
        }
    }
}
