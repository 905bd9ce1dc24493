using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>What the management plane finds out about droplets; how it does is not modelled.</summary>
internal static class HealthSteps
{
    private static readonly Key<DropletId> Droplet = Key.Needs("droplet", References.Droplet, "Which droplet.");

    public static readonly StepKind Unhealthy = new(
        new RecordShape("unhealthy", "The management plane finds a droplet down. With the switch host_health, lists of bouncers and dividers do without it, and no direct path goes there.", Droplet, StepKinds.Name, StepKinds.At) { Shorthand = Droplet },
        static (f, t) =>
        {
            t.World.MarkUnhealthy(f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new MarkUnhealthyStep(f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind Healthy = new(
        new RecordShape("healthy", "It finds the droplet up again.", Droplet, StepKinds.Name, StepKinds.At) { Shorthand = Droplet },
        static (f, t) =>
        {
            t.World.MarkHealthy(f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new MarkHealthyStep(f.Get(Droplet)) { Name = "", Where = f.Where });
        });
}
