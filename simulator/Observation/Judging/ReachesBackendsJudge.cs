using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class ReachesBackendsJudge : ExpectationJudge<ReachesBackendsExpectation>
{
    protected override Finding Evaluate(ReachesBackendsExpectation expectation, Evidence evidence)
    {
        ImmutableSortedDictionary<EndpointId, int> reached = ServiceTraffic.Delivered(evidence, expectation.Service, expectation.From, expectation.Step);
        bool held = expectation.Exactly is { } exactly ? reached.Count == exactly : reached.Count >= expectation.AtLeast;
        string wanted = held ? "" : expectation.Exactly is { } number ? $", not {Words.Count(number, "backend")}" : $", not {expectation.AtLeast} or more";
        return new Finding(held, $"{ServiceTraffic.Text(evidence, expectation.Service, reached)}{Evidence.InStep(expectation.Step)}{wanted}");
    }
}

internal sealed class SameBackendJudge : ExpectationJudge<SameBackendExpectation>
{
    protected override Finding Evaluate(SameBackendExpectation expectation, Evidence evidence)
    {
        ImmutableSortedDictionary<EndpointId, int> reached = ServiceTraffic.Delivered(evidence, expectation.Service, expectation.From, expectation.Step);
        bool held = reached.Count == 1;
        return new Finding(held, $"{ServiceTraffic.Text(evidence, expectation.Service, reached)}{Evidence.InStep(expectation.Step)}{(held ? "" : ", not one and the same")}");
    }
}

/// <summary>What was sent to a service's address and where it came to.</summary>
internal static class ServiceTraffic
{
    /// <returns>How many IPv4 frames addressed to the service each endpoint received, those left out that came back to their sender.</returns>
    public static ImmutableSortedDictionary<EndpointId, int> Delivered(Evidence evidence, ServiceId id, EndpointId? from, string? step)
    {
        Service service = evidence.Topology[id];
        VpcId vpc = evidence.Topology[service.Network].Vpc;
        ImmutableSortedDictionary<EndpointId, int>.Builder counts = ImmutableSortedDictionary.CreateBuilder<EndpointId, int>();
        foreach (Journey journey in evidence.JourneysOf(step))
        {
            if (journey is { Origin: { } origin, End: JourneyEnd.Delivered, DeliveredTo: { } target }
                && target != origin && (from is null || from == origin) && evidence.Topology.AreOneOrPeered(evidence.Topology.VpcOf(origin), vpc)
                && FrameFacts.ReadFirst(journey) is { IsIpv4: true } facts && facts.Destination == service.Address)
            {
                counts[target] = counts.GetValueOrDefault(target) + 1;
            }
        }
        return counts.ToImmutable();
    }

    public static string Text(Evidence evidence, ServiceId service, ImmutableSortedDictionary<EndpointId, int> reached) => reached.IsEmpty
        ? $"no frame to {evidence.Topology[service].Name} was delivered"
        : $"frames to {evidence.Topology[service].Name} reached {string.Join(", ", reached.Select(r => $"{evidence.Topology.NameOf(r.Key)} ×{r.Value}"))}";
}
