using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Expectations about which backends a service's clients reach.</summary>
internal static class ServiceExpectations
{
    private static readonly Key<ServiceId> Service = Key.Needs("service", References.Service, "Which service.");
    private static readonly Key<EndpointId> From = Key.May("from", References.Endpoint, "Only what this endpoint sends.");
    private static readonly Key<int> AtLeast = Key.Has("at_least", new IntegerShape("a number of backends", 1, AddressList.Limit), 1, "So many backends, or more.");
    private static readonly Key<int> Exactly = Key.May("exactly", new IntegerShape("a number of backends", 0, AddressList.Limit), "Exactly so many.");
    private static readonly Key<string> Step = Key.May("step", NameShape.Step, "Only what belongs to this step; without it the whole run.");

    public static ImmutableArray<ExpectationKind> All { get; } =
    [
        new(
            new RecordShape("reaches_backends", "What is sent to a service reaches so many of its backends.", Service, AtLeast, Exactly, From, Step),
            static (f, b) => new ReachesBackendsExpectation(f.Get(Service), f.Given(From) ? f.Get(From) : null, f.Get(AtLeast), f.Given(Exactly) ? f.Get(Exactly) : null, b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("same_backend", "What is sent to a service reaches one backend, always the same.", Service, From, Step),
            static (f, b) => new SameBackendExpectation(f.Get(Service), f.Given(From) ? f.Get(From) : null, b.StepName(f, Step)) { Where = f.Where }),
    ];
}
