using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Endpoints' labels, and the step that changes them.</summary>
internal static class LabelKeys
{
    private static readonly Key<LabelSet> Pod = Key.Has("pod", LabelsShape.Instance, LabelSet.Empty, "The endpoint's own labels.");
    private static readonly Key<LabelSet> Namespace = Key.Has("namespace", LabelsShape.Instance, LabelSet.Empty, "Those of the namespace it is in, as Kubernetes means it.");

    public static readonly RecordShape Shape = new("labels", "Labels of an endpoint, which policies select by.", Pod, Namespace);

    private static readonly Key<EndpointId> Endpoint = Key.Needs("endpoint", References.Endpoint, "Whose labels.");

    public static readonly StepKind SetLabels = new(
        new RecordShape("set_labels", "An endpoint's labels are these from now on, and no others.", Endpoint, Pod, Namespace, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new SetLabelsStep(f.Get(Endpoint), Of(f)) { Name = "", Where = f.Where }));

    /// <summary>What the two keys say; no labels are null, so that equal labels are equal.</summary>
    public static EndpointLabels Of(Fields fields) => new(NullIfEmpty(fields.Get(Pod)), NullIfEmpty(fields.Get(Namespace)));

    private static LabelSet? NullIfEmpty(LabelSet labels) => labels.IsEmpty ? null : labels;
}
