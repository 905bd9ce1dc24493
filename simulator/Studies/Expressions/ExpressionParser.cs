using System.Collections.Immutable;

namespace MizarLab.Studies;

/// <summary>Reads expressions by precedence: or, and, not, comparison, sum, product, sign, power.</summary>
internal sealed class ExpressionParser(string text)
{
    private const int Longest = 1_000, Deepest = 60;

    /// <summary>Signs as they are printed, and as they are typed; the longer first.</summary>
    private static readonly (string Written, string Meant)[] Signs =
    [
        ("<=", "<="), (">=", ">="), ("==", "=="), ("!=", "!="), ("≤", "<="), ("≥", ">="), ("≠", "!="), ("=", "=="), ("<", "<"), (">", ">"),
        ("+", "+"), ("-", "-"), ("−", "-"), ("*", "*"), ("×", "*"), ("·", "*"), ("/", "/"), ("÷", "/"), ("^", "^"), ("(", "("), (")", ")"), (",", ","),
    ];

    private readonly List<(string Name, int Column)> names = [];
    private int at;
    private int depth;

    public Expression Parse()
    {
        if (text.Length > Longest)
        {
            throw new ExpressionException(1, $"an expression of {text.Length} characters", $"at most {Longest}");
        }
        ExpressionNode root = Or();
        Space();
        return at == text.Length ? new Expression(text, root, [.. names]) : throw Unexpected();
    }

    private ExpressionNode Or()
    {
        if (++depth > Deepest)
        {
            throw new ExpressionException(at + 1, $"nested more than {Deepest} deep");
        }
        ExpressionNode left = And();
        while (Word("or"))
        {
            left = new LogicNode(left.Column, false, left, And());
        }
        depth--;
        return left;
    }

    private ExpressionNode And()
    {
        ExpressionNode left = Not();
        while (Word("and"))
        {
            left = new LogicNode(left.Column, true, left, Not());
        }
        return left;
    }

    private ExpressionNode Not()
    {
        Space();
        int column = at + 1;
        return Word("not") ? new NotNode(column, Deeper(Not)) : Comparison();
    }

    private ExpressionNode Comparison()
    {
        ExpressionNode left = Sum();
        return Sign("==", "!=", "<=", ">=", "<", ">") is { } sign ? new ComparisonNode(left.Column, sign, left, Sum()) : left;
    }

    private ExpressionNode Sum()
    {
        ExpressionNode left = Product();
        while (Sign("+", "-") is { } sign)
        {
            left = new ArithmeticNode(left.Column, sign[0], left, Product());
        }
        return left;
    }

    private ExpressionNode Product()
    {
        ExpressionNode left = Signed();
        while (Sign("*", "/") is { } sign)
        {
            left = new ArithmeticNode(left.Column, sign[0], left, Signed());
        }
        return left;
    }

    private ExpressionNode Signed()
    {
        Space();
        int column = at + 1;
        return Sign("-") is null ? Power() : new NegativeNode(column, Deeper(Signed));
    }

    /// <summary>Binds to the right, and stronger than a sign before it: −2^2 is −4.</summary>
    private ExpressionNode Power()
    {
        ExpressionNode left = Primary();
        return Sign("^") is null ? left : new ArithmeticNode(left.Column, '^', left, Deeper(Signed));
    }

    private ExpressionNode Deeper(Func<ExpressionNode> part)
    {
        if (++depth > Deepest)
        {
            throw new ExpressionException(at + 1, $"nested more than {Deepest} deep");
        }
        ExpressionNode node = part();
        depth--;
        return node;
    }

    private ExpressionNode Primary()
    {
        Space();
        int begin = at;
        if (at >= text.Length)
        {
            throw Unexpected();
        }
        char first = text[at];
        if (char.IsAsciiDigit(first) || first == '.')
        {
            return Number(begin);
        }
        if (first is '\'' or '"')
        {
            int end = text.IndexOf(first, at + 1);
            at = end < 0 ? throw new ExpressionException(begin + 1, "a word without its closing quote") : end + 1;
            return new ConstantNode(begin + 1, ExpressionValue.Of(text[(begin + 1)..end]));
        }
        if (Sign("(") is not null)
        {
            ExpressionNode inner = Or();
            Expect(")");
            return inner;
        }
        return char.IsAsciiLetter(first) || first == '_' ? NameOrCall(begin) : throw Unexpected();
    }

    private ConstantNode Number(int begin)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '_' or '%' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
        {
            at++;
        }
        return Quantity.TryParse(text[begin..at], out double number, out _)
            ? new ConstantNode(begin + 1, ExpressionValue.Of(number))
            : throw new ExpressionException(begin + 1, $"'{text[begin..at]}' is no number");
    }

    private ExpressionNode NameOrCall(int begin)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.'))
        {
            at++;
        }
        string name = text[begin..at];
        if (name is "true" or "false")
        {
            return new ConstantNode(begin + 1, ExpressionValue.Of(name == "true"));
        }
        if (Sign("(") is null)
        {
            if (names.TrueForAll(n => n.Name != name))
            {
                names.Add((name, begin + 1));
            }
            return new NameNode(begin + 1, name);
        }
        ExpressionFunctions.Function function = ExpressionFunctions.All.FirstOrDefault(f => f.Name == name)
            ?? throw new ExpressionException(begin + 1, $"no function is named '{name}'", $"there are {string.Join(", ", Expression.FunctionNames)}");
        ImmutableArray<ExpressionNode>.Builder arguments = ImmutableArray.CreateBuilder<ExpressionNode>();
        do
        {
            arguments.Add(Or());
        }
        while (Sign(",") is not null);
        Expect(")");
        return arguments.Count >= function.Least && arguments.Count <= function.Most
            ? new CallNode(begin + 1, function, arguments.ToImmutable())
            : throw new ExpressionException(begin + 1, $"{name} takes {(function.Least == function.Most ? $"{function.Least}" : $"{function.Least} to {function.Most}")}, not {arguments.Count}");
    }

    private void Expect(string sign)
    {
        if (Sign(sign) is null)
        {
            throw at < text.Length ? Unexpected() : new ExpressionException(at + 1, $"'{sign}' is missing");
        }
    }

    private string? Sign(params ReadOnlySpan<string> wanted)
    {
        Space();
        foreach ((string written, string meant) in Signs)
        {
            if (string.CompareOrdinal(text, at, written, 0, written.Length) == 0)
            {
                if (!wanted.Contains(meant))
                {
                    return null;
                }
                at += written.Length;
                return meant;
            }
        }
        return null;
    }

    private bool Word(string word)
    {
        Space();
        int end = at + word.Length;
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0 || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.')))
        {
            return false;
        }
        at = end;
        return true;
    }

    private void Space()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    private ExpressionException Unexpected() =>
        at >= text.Length ? new ExpressionException(text.Length + 1, "the expression ends too early") : new ExpressionException(at + 1, $"'{text[at]}' does not belong here");
}
