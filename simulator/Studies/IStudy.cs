using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Studies;

/// <summary>A figure that a study gives.</summary>
/// <param name="Name">As claims and tables name it: <c>distinct_paths</c>.</param>
/// <param name="Unit">Like <c>ns</c>, <c>frames</c>, <c>B</c>; empty for a share or a ratio.</param>
/// <param name="Meaning">A line for readers of a report.</param>
public sealed record StudyMeasure(string Name, string Unit, string Meaning);

/// <summary>One run of a study.</summary>
/// <param name="Seed">Of all randomness in it. Points of a sweep that are compared with each other get the same ones (common random numbers).</param>
/// <param name="Threads">That may work on it; the result does not depend on them.</param>
/// <param name="Cancel">Looked at a few times a second at least.</param>
public readonly record struct StudyRun(ulong Seed, int Threads, CancellationToken Cancel);

/// <summary>
/// What one point of an experiment runs: parameters are its constructor's, so an instance is immutable and can run any number of times, on several threads at once. The same seed gives
/// the same result to the last bit, on any machine.
/// </summary>
/// <example><code>
/// IStudy study = new PathStudy(bouncers: 4, dividers: 4, far: 4, settings);
/// StudyResult result = study.Run(new StudyRun(Seed: 1, Threads: 1, CancellationToken.None));
/// double distinct = result.Values[0];                       // study.Measures[0] says of what
/// </code></example>
public interface IStudy
{
    /// <summary>What <see cref="Run"/> gives, in this order; the same for all instances of a kind.</summary>
    ImmutableArray<StudyMeasure> Measures { get; }

    /// <summary>Whether nothing in it is drawn, so that every seed gives the same values and one run says all.</summary>
    bool IsExact { get; }

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    StudyResult Run(in StudyRun run);
}

/// <summary>What one run of a study gave.</summary>
/// <param name="Values">In the order of <see cref="IStudy.Measures"/>; NaN where there was nothing to measure.</param>
/// <param name="Fingerprint">Of all that happened, as far as the study tells it apart; at least of the values.</param>
public sealed record StudyResult(ImmutableArray<double> Values, UInt128 Fingerprint)
{
    /// <summary>A result that is only its values.</summary>
    public static StudyResult Of(params ReadOnlySpan<double> values)
    {
        StableHash hash = default;
        foreach (double value in values)
        {
            hash.Add(BitConverter.DoubleToInt64Bits(value));
        }
        return new StudyResult([.. values], hash.Finish());
    }
}
