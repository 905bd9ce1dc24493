namespace MizarLab.Cli;

/// <summary>What the command says to its caller. Ended by a signal: 128 and its number (<see cref="Interruption"/>).</summary>
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

    /// <summary>The lab itself is at fault (EX_SOFTWARE of sysexits.h).</summary>
    public const int Defect = 70;

    /// <summary>The same, for <c>mizarlab --help</c>.</summary>
    public const string Help = """
        Exit codes:
          0  all held                          1  something did not hold
          2  the scenario or the arguments     3  the machine lacks what was asked for
             are wrong                         4  nothing ran
          70 a defect of the lab itself        130, 143  ended by Ctrl-C, by SIGTERM

        Examples:
          mizarlab demo
          mizarlab run scenarios/library --on model,bpf
          mizarlab run --help
        """;
}
