using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The numbers label sets have on the wire: upward from 1 in order of first appearance, a set's own and a namespace's apart; 0 is no labels (spec §5.7).
/// Made of the whole scenario, so that no step changes a number.
/// </summary>
internal sealed class LabelIds
{
    private readonly SortedDictionary<LabelSet, uint> own = [];
    private readonly SortedDictionary<LabelSet, uint> spaces = [];
    private readonly List<EndpointLabels> seen = [];

    public static LabelIds Create(Scenario scenario)
    {
        LabelIds ids = new();
        foreach (Endpoint endpoint in scenario.Topology.Endpoints)
        {
            ids.Add(endpoint.Labels);
        }
        foreach (SetLabelsStep step in scenario.Timeline.OfType<SetLabelsStep>())
        {
            ids.Add(step.Labels);
        }
        return ids;
    }

    /// <summary>Every combination of own and namespace labels some endpoint has at some time.</summary>
    public IReadOnlyList<EndpointLabels> Combinations => seen;

    public uint OwnId(in EndpointLabels labels) => labels.Own.IsEmpty ? 0 : own[labels.Own];

    public uint NamespaceId(in EndpointLabels labels) => labels.Namespace.IsEmpty ? 0 : spaces[labels.Namespace];

    private void Add(in EndpointLabels labels)
    {
        Number(own, labels.Own);
        Number(spaces, labels.Namespace);
        if (!seen.Contains(labels))
        {
            seen.Add(labels);
        }
    }

    private static void Number(SortedDictionary<LabelSet, uint> ids, LabelSet labels)
    {
        if (!labels.IsEmpty)
        {
            ids.TryAdd(labels, (uint)ids.Count + 1);
        }
    }
}
