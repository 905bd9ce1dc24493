using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class CarriedJudge : ExpectationJudge<CarriedExpectation>
{
    protected override Finding Evaluate(CarriedExpectation expectation, Evidence evidence)
    {
        int index = -1;
        for (int i = 0; i < evidence.Scenario.Timeline.Length; i++)
        {
            index = evidence.Scenario.Timeline[i].Name == expectation.Step ? i : index;
        }
        if (index < 0 || evidence.Scenario.Timeline[index] is not TrafficStep step || evidence.Run.Outcomes.FirstOrDefault(o => o.Step == index) is not { } outcome)
        {
            return Finding.Not($"step '{expectation.Step}': the backend reported no outcome of a workload");
        }
        int asked = step.Packets.Count(packet => packet.ReplyBytes > 0);
        bool all = outcome.Arrived == step.Packets.Length - expectation.Lost;
        bool back = expectation.Lost > 0 || asked == 0 || outcome.Returned == asked;
        string seen = $"step '{expectation.Step}': {outcome.Arrived} of {step.Packets.Length} arrived{(asked == 0 ? "" : $", {outcome.Returned} of {asked} were answered")}";
        return new Finding(all && back, outcome.Trouble is null ? seen : $"{seen} ({outcome.Trouble})");
    }
}
