using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

/// <summary>What one expectation came to; the message says what was seen, also when it held.</summary>
internal readonly record struct Finding(bool Held, string Message)
{
    public static Finding Not(string message) => new(false, message);
}

/// <summary>Judges one kind of expectation.</summary>
internal interface IExpectationJudge
{
    /// <summary>The type of expectation.</summary>
    Type Judges { get; }

    Finding Evaluate(Expectation expectation, Evidence evidence);
}

/// <inheritdoc/>
internal abstract class ExpectationJudge<T> : IExpectationJudge
    where T : Expectation
{
    public Type Judges => typeof(T);

    public Finding Evaluate(Expectation expectation, Evidence evidence) => Evaluate((T)expectation, evidence);

    protected abstract Finding Evaluate(T expectation, Evidence evidence);
}
