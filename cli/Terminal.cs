using Spectre.Console;

namespace MizarLab.Cli;

/// <summary>Standard output as a console: colour only on a terminal, and never where NO_COLOR is set.</summary>
internal static class Terminal
{
    /// <summary>Piped output has no width of its own, and a row folded into several lines helps no program that reads lines.</summary>
    private const int PipedWidth = 2_000;

    public static IAnsiConsole Output { get; } = Create();

    private static IAnsiConsole Create()
    {
        bool plain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PipedWidth;
        }
        return console;
    }
}
