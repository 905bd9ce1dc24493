namespace MizarLab.Studies;

/// <summary>An expression cannot be read, or not be computed.</summary>
/// <param name="column">Of the fault within its text, from 1.</param>
/// <param name="mend">How to mend it, or null.</param>
public sealed class ExpressionException(int column, string message, string? mend = null) : Exception(message)
{
    public int Column => column;

    public string? Mend => mend;
}
