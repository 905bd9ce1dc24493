using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Scenarios;

/// <summary>One thing wrong in a scenario file: where, what, and how to mend it.</summary>
/// <param name="Mend">Suggestion without brackets (<c>did you mean 'vip'?</c>), or null.</param>
public sealed record ScenarioError(SourcePlace Where, string Text, string? Mend)
{
    public override string ToString() => Mend is null ? $"{Where}: {Text}" : $"{Where}: {Text} ({Mend})";
}

/// <summary>
/// A scenario cannot be understood. <see cref="Errors"/> holds everything that is wrong, each once, in the order of the file;
/// the message has one a line, for the user as it is.
/// </summary>
public sealed class ScenarioException : Exception
{
    public ScenarioException(ImmutableArray<ScenarioError> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    public ImmutableArray<ScenarioError> Errors { get; }
}
