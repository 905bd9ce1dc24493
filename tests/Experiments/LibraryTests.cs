using System.Collections.Immutable;
using MizarLab.Harness.Experiments;
using MizarLab.Scenarios;
using MizarLab.Studies;

namespace MizarLab.Tests.Experiments;

/// <summary>Every file of scenarios/experiments asks, shows and can fail. That its claims hold is run by the launcher: <c>simulate scenarios/experiments --quick</c>.</summary>
public sealed class LibraryTests
{
    [Theory]
    [MemberData(nameof(ExperimentLibrary.Rows), MemberType = typeof(ExperimentLibrary))]
    public void It_can_be_read_in_both_forms_and_has_a_figure_and_claims(string file)
    {
        foreach (bool quick in (bool[])[false, true])
        {
            Experiment experiment = ExperimentLibrary.Load(file, quick);
            Assert.NotNull(experiment.Figure);
            Assert.NotEmpty(experiment.Claims);
            Assert.NotEmpty(experiment.Answers);
            Assert.EndsWith("?", experiment.Question, StringComparison.Ordinal);
            Assert.NotEmpty(experiment.Description);
        }
    }

    [Theory]
    [MemberData(nameof(ExperimentLibrary.Rows), MemberType = typeof(ExperimentLibrary))]
    public void Every_claim_fails_under_a_wrong_parameter(string file)
    {
        Experiment experiment = ExperimentLibrary.Load(file, quick: true);
        Assert.Equal(experiment.Claims.Select(c => c.Number), experiment.MustFail.SelectMany(m => m.Claims).Distinct().Order());
        foreach (MustFail wrong in experiment.MustFail)
        {
            ImmutableArray<ClaimResult> results = ExperimentRun.ExecuteWrong(experiment, wrong, new LocalRunner(2), Nowhere.Instance, CancellationToken.None);
            Assert.All(results, r => Assert.False(r.Held, $"claim {r.Claim.Number} ({r.Claim.Says}) holds although {wrong.Put}"));
        }
    }
}

/// <summary>Keeps no run.</summary>
internal sealed class Nowhere : IRunSink
{
    public static readonly Nowhere Instance = new();

    public void Ended(RunOutcome outcome, TimeSpan elapsed)
    {
    }
}
