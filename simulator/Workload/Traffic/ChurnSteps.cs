using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Workload.Traffic;

/// <summary>Churn of a generated topology's endpoints as the steps its management plane takes.</summary>
public static class ChurnSteps
{
    /// <param name="law">Of at most so many endpoints.</param>
    /// <param name="firstEndpoint">Endpoint number 0 of the law.</param>
    /// <param name="endpoints">As many as the law's limit; none is there until the law creates it.</param>
    /// <param name="end">Nothing happens later.</param>
    /// <param name="seed">Of the law.</param>
    public static ImmutableArray<Step> Of(Churn law, int firstEndpoint, int endpoints, SimTime end, ulong seed) => Of(law.Until(end, seed), firstEndpoint, endpoints);

    /// <inheritdoc cref="Of(Churn, int, int, SimTime, ulong)"/>
    /// <param name="changes">What a law or a trace says, in order of time.</param>
    public static ImmutableArray<Step> Of(IEnumerable<ChurnEvent> changes, int firstEndpoint, int endpoints) =>
    [
        .. Enumerable.Range(firstEndpoint, endpoints).Select(e => new DeleteEndpointStep(new EndpointId(e)) { Name = "", Where = default, At = SimTime.Zero }),
        .. changes.Select(change => ToStep(change, firstEndpoint)),
    ];

    /// <summary>A creation is on the droplet the law draws, so it is told as a move from nowhere.</summary>
    private static Step ToStep(ChurnEvent change, int firstEndpoint)
    {
        EndpointId endpoint = new(firstEndpoint + change.Endpoint);
        return change.Kind == ChurnKind.Deleted
            ? new DeleteEndpointStep(endpoint) { Name = "", Where = default, At = change.Time }
            : new MoveEndpointStep(endpoint, new DropletId(change.Droplet)) { Name = "", Where = default, At = change.Time };
    }
}
