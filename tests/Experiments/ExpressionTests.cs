using MizarLab.Studies;

namespace MizarLab.Tests.Experiments;

/// <summary>Formulas: values, precedence, and the column of every fault.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) × 3", 9)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("2^-1", 0.5)]
    [InlineData("7 - 2 - 1", 4)]
    [InlineData("12 / 4 ÷ 3", 1)]
    [InlineData("lcm(4, 6, 10)", 60)]
    [InlineData("gcd(12, 18)", 6)]
    [InlineData("max(1, n, 3) − min(n, 2)", 3)]
    [InlineData("floor(2.7) + ceil(2.1) + round(2.5)", 8)]
    [InlineData("10_000 * 1e-2", 100)]
    [InlineData("5% * 100", 5)]
    [InlineData("10us", 1e-5)]
    [InlineData("2Gbit / 8", 250_000_000)]
    [InlineData("study.n", 5)]
    [InlineData("sqrt(16)", 4)]
    public void Numbers(string text, double expected) => Assert.Equal(expected, Expression.Parse(text).Number(Names), 12);

    [Fact]
    public void Logarithms_and_powers_are_each_others_inverse()
    {
        Assert.Equal(3, Expression.Parse("ln(exp(3))").Number(Names), 12);
        Assert.Equal(10, Expression.Parse("log2(1024)").Number(Names), 12);
        Assert.Equal(4, Expression.Parse("log10(10_000)").Number(Names), 12);
        Assert.Equal(Math.Sqrt(2), Expression.Parse("2 ^ 0.5").Number(Names), 12);
        Assert.Equal(0, Expression.Parse("exp(-1_000)").Number(Names));
    }

    [Theory]
    [InlineData("n <= 5 and not (n < 5)", true)]
    [InlineData("dialect == 'lab' or n == 4", true)]
    [InlineData("dialect != \"lab\"", false)]
    [InlineData("n = 5", true)]
    [InlineData("n ≥ 6", false)]
    [InlineData("true and n > 1", true)]
    public void Truths(string text, bool expected) => Assert.Equal(expected, Expression.Parse(text).Truth(Names));

    [Theory]
    [InlineData("", 1, "ends too early")]
    [InlineData("1 +", 4, "ends too early")]
    [InlineData("1 + * 2", 5, "does not belong")]
    [InlineData("(1 + 2", 7, "missing")]
    [InlineData("1 2", 3, "does not belong")]
    [InlineData("lmc(1, 2)", 1, "no function is named 'lmc'")]
    [InlineData("1 + lcm(1)", 5, "takes 2 to 16")]
    [InlineData("'lab", 1, "closing quote")]
    [InlineData("12x + 1", 1, "no number")]
    [InlineData("system('ls')", 1, "no function")]
    [InlineData("a; b", 2, "does not belong")]
    public void What_cannot_be_read_has_its_column(string text, int column, string words)
    {
        ExpressionException fault = Assert.Throws<ExpressionException>(() => Expression.Parse(text));
        Assert.Equal(column, fault.Column);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 + m", 5, "'m' is no axis")]
    [InlineData("n + dialect", 5, "is not a number")]
    [InlineData("n / (n - 5)", 6, "division by zero")]
    [InlineData("1 + lcm(n, 2.5)", 5, "whole numbers")]
    [InlineData("dialect == 4", 12, "not of one kind")]
    [InlineData("ln(0 - n)", 1, "positive")]
    [InlineData("2 + (n > 1)", 6, "is not a number")]
    public void What_cannot_be_computed_has_its_column(string text, int column, string words)
    {
        ExpressionException fault = Assert.Throws<ExpressionException>(() => Expression.Parse(text).Number(Names));
        Assert.Equal(column, fault.Column);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_nothing_else()
    {
        string[] parts = ["(", ")", "+", "-", "^", "lcm", ",", "1", "n", "'", "and", "not", " ", "<", "=", "%", "1e", "_", "\0", "é", "not not ", "((((((((("];
        ulong state = 7;
        for (int i = 0; i < 20_000; i++)
        {
            string text = "";
            for (int j = 0; j < 12; j++)
            {
                state = (state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
                text += parts[(int)((state >> 33) % (ulong)parts.Length)];
            }
            try
            {
                Expression.Parse(text).Evaluate(Names);
            }
            catch (ExpressionException fault)
            {
                Assert.InRange(fault.Column, 1, text.Length + 1);
            }
        }
        Assert.Throws<ExpressionException>(() => Expression.Parse(new string('(', 900)));
        Assert.Throws<ExpressionException>(() => Expression.Parse(new string('-', 900)));
        Assert.Throws<ExpressionException>(() => Expression.Parse(new string('1', 2_000)));
    }

    private static ExpressionValue? Names(string name) => name switch
    {
        "n" or "study.n" => ExpressionValue.Of(5),
        "dialect" => ExpressionValue.Of("lab"),
        _ => null,
    };
}
