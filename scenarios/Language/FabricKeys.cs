using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>A kind of fabric, and how it is made of its keys.</summary>
internal sealed record FabricForm(RecordShape Shape, Func<Fields, FabricShape> Make);

/// <summary>The keys of the underlay's switches, queues and NICs. The simulated backends have them; live ones say what they lack.</summary>
internal static class FabricKeys
{
    private const int MostSwitches = 4_096, MostPorts = 128, MostQueues = 256, LargestQueue = 1 << 30;

    private static readonly Key<int> Leaves = Key.Needs("leaves", new IntegerShape("a number of leaves", 1, MostSwitches), "Switches that droplets hang on, spread evenly in their order.");
    private static readonly Key<int> Spines = Key.Needs("spines", new IntegerShape("a number of spines", 1, MostSwitches), "Switches between leaves; every leaf has a link to each.");
    private static readonly Key<int> Ports = Key.Needs("k", new IntegerShape("a number of ports", 2, MostPorts), "Ports of each switch, even: k pods of k/2 edges and k/2 aggregations, k²/4 cores, room for k³/4 droplets.");

    private static readonly ImmutableArray<FabricForm> Forms =
    [
        new(new RecordShape("star", "One switch with a port a droplet."), _ => FabricShape.Star),
        new(new RecordShape("leaf_spine", "Two tiers.", Leaves, Spines), f => FabricShape.LeafSpine(f.Get(Leaves), f.Get(Spines))),
        new(new RecordShape("fat_tree", "Three tiers of equal switches.", Ports), f => FabricShape.FatTree(f.Get(Ports))),
    ];

    public static readonly Key<Variant<FabricForm>> Fabric = Key.May("fabric", new VariantShape<FabricForm>("a fabric", Forms, form => form.Shape), "The switches between droplets; without it, star. Among equal ways the hash of the outer 5-tuple chooses.");
    public static readonly Key<bool> SharedHash = Key.Has("shared_hash", Standard.OnOff, false, "Whether all switches choose alike among equal ways; then tiers polarise.");
    public static readonly Key<SimTime> Convergence = Key.Has("convergence", Standard.Time, SimTime.Zero, "Between the failure of a switch or link and the others' choosing ways round it; until then frames are lost there.");
    public static readonly Key<int> QueueBytes = Key.May("queue_bytes", new SizeShape(64, LargestQueue), "The same queues in bytes; without it, frames alone count.");
    public static readonly Key<int> MarkFrames = Key.May("mark", new FramesShape(1, Limits.Count), "A frame that finds so many waiting gets the ECN mark (RFC 3168) in its outer header, if that says its sender can; without it none is.");
    public static readonly Key<int> MarkBytes = Key.May("mark_bytes", new SizeShape(64, LargestQueue), "The same in bytes.");

    private static readonly Key<int> Queues = Key.Needs("queues", new IntegerShape("a number of queues", 1, MostQueues), "Receive queues, each with a core; the outer 5-tuple's hash chooses (RSS). What an endpoint sends is run on the core of its port's number.");
    private static readonly Key<int> Ring = Key.Has("ring", new FramesShape(1, Limits.Count), 512, "Frames of the wire that wait for a core; one more is lost.");
    public static readonly Key<Fields> Nic = Key.May("nic", new RecordShape("nic", "Receive queues and cores of every droplet.", Queues, Ring) { Shorthand = Queues }, "With it programs run one after another on a core, as long as the calibration says; without it side by side.");

    /// <summary>All of a section that the keys here are of.</summary>
    public static Underlay Of(Fields section, int mtuBytes, LinkSpec link) => new(mtuBytes, link)
    {
        Shape = ShapeOf(section),
        SharedEcmpHash = section.Get(SharedHash),
        Convergence = section.Get(Convergence),
        Nic = section.Given(Nic) && section.Get(Nic) is { } nic ? new NicSpec(nic.Get(Queues), nic.Get(Ring)) : NicSpec.None,
    };

    /// <summary>A link with the section's limits beside the one in frames.</summary>
    public static LinkSpec Limited(Fields section, LinkSpec link) => link with
    {
        QueueBytes = section.Given(QueueBytes) ? section.Get(QueueBytes) : 0,
        MarkFrames = section.Given(MarkFrames) ? section.Get(MarkFrames) : 0,
        MarkBytes = section.Given(MarkBytes) ? section.Get(MarkBytes) : 0,
    };

    public static void Check(Fields section, FabricShape shape, int droplets, Diagnostics diagnostics)
    {
        if (section.Whole(Fabric) && shape.Trouble(droplets) is { } trouble)
        {
            diagnostics.Report(section.PlaceOf(Fabric), trouble);
        }
    }

    private static FabricShape ShapeOf(Fields section)
    {
        if (!section.Given(Fabric) || !section.Whole(Fabric))
        {
            return FabricShape.Star;
        }
        Variant<FabricForm> given = section.Get(Fabric)!;
        return given.Kind.Make(given.Fields);
    }
}
