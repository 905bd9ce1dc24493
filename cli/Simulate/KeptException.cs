namespace MizarLab.Cli;

/// <summary>Interrupted by the user, with something kept; the message says what, and how to go on.</summary>
internal sealed class KeptException(string message) : OperationCanceledException(message);
