using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class IsolatedJudge : ExpectationJudge<IsolatedExpectation>
{
    protected override Finding Evaluate(IsolatedExpectation expectation, Evidence evidence)
    {
        Topology topology = evidence.Topology;
        int sentByA = 0;
        int sentByB = 0;
        foreach (Journey journey in evidence.Journeys)
        {
            if (journey.Origin is not EndpointId origin)
            {
                if (journey.DeliveredTo is EndpointId stranger && IsOneOf(expectation, topology.VpcOf(stranger)))
                {
                    return Finding.Not($"{topology[stranger].Name} received a frame that no endpoint was seen to send");
                }
                continue;
            }
            VpcId from = topology.VpcOf(origin);
            sentByA += from == expectation.A ? 1 : 0;
            sentByB += from == expectation.B ? 1 : 0;
            if (journey.DeliveredTo is not EndpointId receiver)
            {
                continue;
            }
            VpcId to = topology.VpcOf(receiver);
            if ((from == expectation.A && to == expectation.B) || (from == expectation.B && to == expectation.A))
            {
                return Finding.Not(
                    $"a frame of {topology[origin].Name} in {topology[from].Name} was delivered to {topology[receiver].Name} in {topology[to].Name} by {evidence.PathText(journey)}");
            }
        }
        string counts = $"{topology[expectation.A].Name} sent {Words.Count(sentByA, "frame")}, {topology[expectation.B].Name} {sentByB}";
        return sentByA > 0 && sentByB > 0
            ? new Finding(true, $"{counts}; none crossed")
            : Finding.Not($"{counts}: both must have sent some for this to say anything");
    }

    private static bool IsOneOf(IsolatedExpectation expectation, VpcId vpc) => vpc == expectation.A || vpc == expectation.B;
}
