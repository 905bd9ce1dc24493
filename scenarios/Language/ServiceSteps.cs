using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Steps that change a service's backends.</summary>
internal static class ServiceSteps
{
    private static readonly Key<ServiceId> Service = Key.Needs("service", References.Service, "Whose backend.");
    private static readonly Key<EndpointId> Backend = Key.Needs("endpoint", References.Endpoint, "Which endpoint.");

    public static readonly StepKind AddBackend = new(
        new RecordShape("add_backend", "An endpoint becomes a backend of a service, last in its list.", Service, Backend, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.AddBackend(f.Get(Service), f.Get(Backend), f.PlaceOf(Backend));
            t.Add(f, new AddBackendStep(f.Get(Service), f.Get(Backend)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind RemoveBackend = new(
        new RecordShape("remove_backend", "An endpoint is no longer a backend of a service; clients' hosts keep the connections they know (spec §3.9.5).", Service, Backend, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.RemoveBackend(f.Get(Service), f.Get(Backend), f.PlaceOf(Backend));
            t.Add(f, new RemoveBackendStep(f.Get(Service), f.Get(Backend)) { Name = "", Where = f.Where });
        });
}
