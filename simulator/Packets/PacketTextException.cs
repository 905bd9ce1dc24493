namespace MizarLab.Packets;

/// <summary>A packet text that does not parse. The message says the column, what is wrong and, where one is near, what was probably meant.</summary>
public sealed class PacketTextException : FormatException
{
    public PacketTextException(string problem, int column, string? suggestion = null)
        : base($"column {column}: {problem}" + (suggestion is null ? "" : $" (did you mean '{suggestion}'?)"))
    {
        Problem = problem;
        Column = column;
        Suggestion = suggestion;
    }

    /// <summary>What is wrong, without place and suggestion.</summary>
    public string Problem { get; }

    /// <summary>Place in the text, in characters from 1; line breaks count as one.</summary>
    public int Column { get; }

    /// <summary>A word that would do; null when none is near.</summary>
    public string? Suggestion { get; }
}
