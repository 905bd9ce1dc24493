using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Steps that change the overlay or break the underlay, and waiting.</summary>
internal static class ChangeSteps
{
    private static readonly Key<EndpointId> Endpoint = Key.Needs("endpoint", References.Endpoint, "Which endpoint.");
    private static readonly Key<DropletId> MoveTo = Key.Needs("to", References.Droplet, "Droplet it moves to.");
    private static readonly Key<NetworkId> Network = Key.Needs("network", References.Network, "Whose bouncer.");
    private static readonly Key<VpcId> Vpc = Key.Needs("vpc", References.Vpc, "Whose divider.");
    private static readonly Key<DropletId> Droplet = Key.Needs("droplet", References.Droplet, "Which droplet.");
    private static readonly Key<SimTime> Duration = Key.Needs("duration", Standard.PositiveTime, "How long.");

    public static readonly StepKind CreateEndpoint = new(
        new RecordShape("create_endpoint", "An endpoint declared in the topology comes to be.", Endpoint, StepKinds.Name, StepKinds.At) { Shorthand = Endpoint },
        static (f, t) =>
        {
            t.World.Create(f.Get(Endpoint), f.PlaceOf(Endpoint));
            t.Add(f, new CreateEndpointStep(f.Get(Endpoint)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind DeleteEndpoint = new(
        new RecordShape("delete_endpoint", "An endpoint goes, and every row about it the management plane wrote.", Endpoint, StepKinds.Name, StepKinds.At) { Shorthand = Endpoint },
        static (f, t) =>
        {
            t.World.Delete(f.Get(Endpoint), f.PlaceOf(Endpoint));
            t.Add(f, new DeleteEndpointStep(f.Get(Endpoint)) { Name = "", Where = f.Where });
        });

    /// <summary>Endpoints that are not there when the timeline begins: what it first does about their being there is to create them.</summary>
    public static SortedSet<EndpointId> CreatedLater(IEnumerable<Variant<StepKind>> steps)
    {
        SortedSet<EndpointId> decided = [];
        SortedSet<EndpointId> later = [];
        foreach (Variant<StepKind> step in steps)
        {
            later.UnionWith(TrafficSteps.PoolOf(step).Where(decided.Add));
            bool creates = step.Kind == CreateEndpoint;
            if ((creates || step.Kind == DeleteEndpoint) && decided.Add(step.Fields.Get(Endpoint)) && creates)
            {
                later.Add(step.Fields.Get(Endpoint));
            }
        }
        return later;
    }

    public static readonly StepKind MoveEndpoint = new(
        new RecordShape("move_endpoint", "An endpoint continues on another droplet with its address and MAC.", Endpoint, MoveTo, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.Move(f.Get(Endpoint), f.PlaceOf(Endpoint), f.Get(MoveTo), f.PlaceOf(MoveTo));
            t.Add(f, new MoveEndpointStep(f.Get(Endpoint), f.Get(MoveTo)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind AddBouncer = new(
        new RecordShape("add_bouncer", "A droplet becomes a bouncer of a network, last in its list.", Network, Droplet, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.AddBouncer(f.Get(Network), f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new AddBouncerStep(f.Get(Network), f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind RemoveBouncer = new(
        new RecordShape("remove_bouncer", "A droplet is no longer a bouncer of a network.", Network, Droplet, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.RemoveBouncer(f.Get(Network), f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new RemoveBouncerStep(f.Get(Network), f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind AddDivider = new(
        new RecordShape("add_divider", "A droplet becomes a divider of a VPC, last in its list.", Vpc, Droplet, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.AddDivider(f.Get(Vpc), f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new AddDividerStep(f.Get(Vpc), f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind RemoveDivider = new(
        new RecordShape("remove_divider", "A droplet is no longer a divider of a VPC.", Vpc, Droplet, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.RemoveDivider(f.Get(Vpc), f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new RemoveDividerStep(f.Get(Vpc), f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind Fail = new(
        new RecordShape("fail", "A droplet's NIC goes silent in both directions; the management plane is not told.", Droplet, StepKinds.Name, StepKinds.At) { Shorthand = Droplet },
        static (f, t) =>
        {
            t.World.Fail(f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new FailDropletStep(f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind Restore = new(
        new RecordShape("restore", "A failed droplet's NIC comes back, its tables as they were.", Droplet, StepKinds.Name, StepKinds.At) { Shorthand = Droplet },
        static (f, t) =>
        {
            t.World.Restore(f.Get(Droplet), f.PlaceOf(Droplet));
            t.Add(f, new RestoreDropletStep(f.Get(Droplet)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind Wait = new(
        new RecordShape("wait", "Nothing is begun for a time.", Duration, StepKinds.Name, StepKinds.At) { Shorthand = Duration },
        static (f, t) => t.Add(f, new WaitStep(f.Get(Duration)) { Name = "", Where = f.Where }));
}
