namespace MizarLab.Cli;

/// <summary>A mistake of the user's: its message is all they see.</summary>
internal sealed class UserError(string message, int exitCode = ExitCode.Wrong) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
