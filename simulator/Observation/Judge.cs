using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Observation.Judging;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>
/// Says of every expectation of a scenario whether it held on one backend, and what was seen. A missing observation is a
/// failure: a run that lost sightings fails everything, and so does an expectation about frames nobody sent.
/// </summary>
/// <remarks>A new kind of expectation is a record in <c>Overlay/</c>, a class in <c>Judging/</c>, and a line here.</remarks>
public static class Judge
{
    private static readonly ImmutableDictionary<Type, IExpectationJudge> Judges = new IExpectationJudge[]
    {
        new ReachableJudge(),
        new UnreachableJudge(),
        new PassesThroughJudge(),
        new HopsJudge(),
        new TtlAtJudge(),
        new PacketCountJudge(),
        new DirectPathAfterJudge(),
        new DroppedJudge(),
        new NoUnexpectedDropsJudge(),
        new TableJudge(),
        new IsolatedJudge(),
        new ReachesBackendsJudge(),
        new SameBackendJudge(),
        new DscpAtJudge(),
        new SourcePortsAtJudge(),
        new IcmpErrorJudge(),
        new StatisticsJudge(),
        new FunctionSeesJudge(),
        new CarriedJudge(),
    }.ToImmutableDictionary(judge => judge.Judges);

    /// <summary>Whether expectations of this type can be judged.</summary>
    public static bool Knows(Type expectation) => Judges.ContainsKey(expectation);

    /// <returns>One result an expectation, in the scenario's order.</returns>
    /// <exception cref="ArgumentException">An expectation of a type nobody judges.</exception>
    public static ImmutableArray<ExpectationResult> Evaluate(Plan plan, BackendRun run, ImmutableArray<Journey> journeys)
    {
        Evidence evidence = new(plan, run, journeys);
        return [.. plan.Scenario.Expect.Select(expectation => Evaluate(expectation, evidence))];
    }

    private static ExpectationResult Evaluate(Expectation expectation, Evidence evidence)
    {
        if (!Judges.TryGetValue(expectation.GetType(), out IExpectationJudge? judge))
        {
            throw new ArgumentException($"{expectation.Where}: nobody judges '{expectation.Kind}'");
        }
        if (evidence.Run.Missed > 0)
        {
            return new ExpectationResult(expectation, false, $"no evidence: the backend missed {Words.Count(evidence.Run.Missed, "sighting")}");
        }
        Finding finding = judge.Evaluate(expectation, evidence);
        return new ExpectationResult(expectation, finding.Held, finding.Message);
    }
}
