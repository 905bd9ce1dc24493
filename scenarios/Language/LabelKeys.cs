using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of an endpoint's labels.</summary>
internal static class LabelKeys
{
    public static readonly Key<LabelSet> Pod = Key.Has("pod", LabelsShape.Instance, LabelSet.Empty, "The endpoint's own labels.");
    public static readonly Key<LabelSet> Namespace = Key.Has("namespace", LabelsShape.Instance, LabelSet.Empty, "Those of the namespace it is in, as Kubernetes means it.");

    public static readonly RecordShape Shape = new("labels", "Labels of an endpoint, which policies select by.", Pod, Namespace);

    /// <summary>What the two keys say; no labels are null, so that equal labels are equal.</summary>
    public static EndpointLabels Of(Fields fields) => new(NullIfEmpty(fields.Get(Pod)), NullIfEmpty(fields.Get(Namespace)));

    private static LabelSet? NullIfEmpty(LabelSet labels) => labels.IsEmpty ? null : labels;
}
