using System.Globalization;

namespace MizarLab.Studies;

/// <summary>What an expression can be.</summary>
public enum ExpressionKind : byte
{
    Number,

    /// <summary>A word; it can be compared for equality, nothing else.</summary>
    Text,

    /// <summary>True or false, as comparisons are.</summary>
    Truth,
}

/// <summary>A value of an expression: a number, a word or a truth.</summary>
public readonly record struct ExpressionValue
{
    private readonly double number;
    private readonly string? text;

    private ExpressionValue(ExpressionKind kind, double number, string? text)
    {
        Kind = kind;
        this.number = number;
        this.text = text;
    }

    public ExpressionKind Kind { get; }

    /// <summary>NaN of a word.</summary>
    public double Number => Kind == ExpressionKind.Text ? double.NaN : number;

    public bool Truth => Kind == ExpressionKind.Truth && number != 0;

    public string Text => text ?? number.ToString("R", CultureInfo.InvariantCulture);

    public static ExpressionValue Of(double number) => new(ExpressionKind.Number, number, null);

    public static ExpressionValue Of(string text) => new(ExpressionKind.Text, 0, text);

    public static ExpressionValue Of(bool truth) => new(ExpressionKind.Truth, truth ? 1 : 0, null);

    /// <summary>A value of a file: a number with or without a unit (<see cref="Quantity"/>), else a word.</summary>
    public static ExpressionValue Read(string text) => Quantity.TryParse(text, out double number, out _) ? Of(number) : Of(text);
}
