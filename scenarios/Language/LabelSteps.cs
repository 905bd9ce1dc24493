using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The step that changes an endpoint's labels.</summary>
internal static class LabelSteps
{
    private static readonly Key<EndpointId> Endpoint = Key.Needs("endpoint", References.Endpoint, "Whose labels.");

    public static readonly StepKind SetLabels = new(
        new RecordShape("set_labels", "An endpoint's labels are these from now on, and no others.", Endpoint, LabelKeys.Pod, LabelKeys.Namespace, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new SetLabelsStep(f.Get(Endpoint), LabelKeys.Of(f)) { Name = "", Where = f.Where }));
}
