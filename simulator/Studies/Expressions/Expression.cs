using System.Collections.Immutable;

namespace MizarLab.Studies;

/// <summary>Says what a name stands for; null: nothing.</summary>
public delegate ExpressionValue? NameLookup(string name);

/// <summary>
/// A formula of an experiment file: <c>lcm(bouncers, dividers)</c>, <c>bouncers &lt;= 4 * dividers</c>, <c>dialect == 'lab'</c>. Numbers, names and words in quotes;
/// + − × ÷ ^, comparisons, <c>and</c>, <c>or</c>, <c>not</c>, and the functions of <see cref="FunctionNames"/>. It can do nothing else, and always ends.
/// </summary>
/// <example><c>Expression.Parse("2 * n").Evaluate(name => ExpressionValue.Of(21)).Number</c> is 42.</example>
public sealed class Expression
{
    private readonly ExpressionNode root;

    internal Expression(string text, ExpressionNode root, ImmutableArray<(string Name, int Column)> names)
    {
        Text = text;
        this.root = root;
        Names = names;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Names it asks for, each once, with the column (from 1) of the first mention.</summary>
    public ImmutableArray<(string Name, int Column)> Names { get; }

    public static ImmutableArray<string> FunctionNames { get; } = [.. ExpressionFunctions.All.Select(f => f.Name)];

    /// <exception cref="ExpressionException">It is no expression.</exception>
    public static Expression Parse(string text) => new ExpressionParser(text).Parse();

    /// <exception cref="ExpressionException">A name stands for nothing, a word is computed with, or a function is not defined there.</exception>
    public ExpressionValue Evaluate(NameLookup lookup) => root.Evaluate(lookup);

    /// <summary>The value of an expression that must be a number.</summary>
    /// <exception cref="ExpressionException">It is none, or cannot be computed.</exception>
    public double Number(NameLookup lookup) => root.Number(lookup);

    /// <summary>The value of an expression that must be a truth.</summary>
    /// <exception cref="ExpressionException">It is none, or cannot be computed.</exception>
    public bool Truth(NameLookup lookup) => root.Truth(lookup);

    public override string ToString() => Text;
}
