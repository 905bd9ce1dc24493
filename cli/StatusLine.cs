namespace MizarLab.Cli;

/// <summary>One line on a terminal's standard error that says what is going on, and is written over; nothing where standard error is no terminal, or one that cannot write over a line (TERM=dumb).</summary>
internal static class StatusLine
{
    private const int UsualWidth = 80;

    public static bool IsShown { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null);

    /// <param name="what">Cut where the terminal is too narrow: a line that wraps could not be written over.</param>
    /// <param name="state">What changes, shown whole behind it.</param>
    public static void Show(string what, string state = "")
    {
        if (IsShown)
        {
            Console.Error.Write($"\r\e[K{Fitted(what, state, Width())}");
        }
    }

    public static void Clear() => Show("");

    /// <summary>Both within a column less than a terminal has.</summary>
    internal static string Fitted(string what, string state, int columns)
    {
        int room = Math.Max(columns - 1, 0);
        if (state.Length >= room)
        {
            return state[..room];
        }
        int left = room - state.Length;
        return what.Length <= left ? what + state : string.Concat(what.AsSpan(0, left - 1), "…", state);
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and var columns ? columns : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }
}
