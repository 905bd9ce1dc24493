namespace MizarLab.Cli;

/// <summary>What the command says to its caller.</summary>
internal static class ExitCode
{
    /// <summary>All held.</summary>
    public const int Held = 0;

    /// <summary>Something did not hold.</summary>
    public const int Broken = 1;

    /// <summary>The scenario or the arguments are wrong.</summary>
    public const int Wrong = 2;

    /// <summary>The machine lacks what was asked for.</summary>
    public const int Lacking = 3;

    /// <summary>Nothing ran.</summary>
    public const int Nothing = 4;

    /// <summary>Ended by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
