using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// Where droplets hang in a fabric. It falls into <em>units</em> below one top tier of switches: a star's droplets below its switch, leaves with their droplets
/// below spines, pods below cores. Only the links up to the top tier join units.
/// </summary>
/// <example><code>
/// FabricMap map = new(FabricShape.LeafSpine(leaves: 32, spines: 8), droplets: 1_024);
/// map.UnitOf(40);          // 1: the second leaf
/// map.FirstOf(unit: 1);    // 32
/// </code></example>
public sealed class FabricMap
{
    /// <summary>All droplets by unit, and the droplets of the larger units and of the others by edge: reckoned for every frame, which costs less than a table that no cache holds.</summary>
    private readonly Parts units, edgesOfLarger, edgesOfOthers;

    /// <param name="shape">What kind of fabric.</param>
    /// <param name="droplets">How many hang on it.</param>
    /// <exception cref="ArgumentException">There is no such fabric for so many droplets.</exception>
    public FabricMap(FabricShape shape, int droplets)
    {
        if (shape.Trouble(droplets) is { } trouble)
        {
            throw new ArgumentException(trouble, nameof(shape));
        }
        Shape = shape;
        Droplets = droplets;
        (Units, Tops, Edges) = shape.Kind switch
        {
            FabricKind.LeafSpine => (shape.Leaves, shape.Spines, 1),
            FabricKind.FatTree => (shape.Ports, shape.Ports * shape.Ports / 4, shape.Ports / 2),
            _ => (droplets, 1, 0),
        };
        units = new Parts(droplets, Math.Max(Units, 1));
        edgesOfOthers = new Parts(units.Size, Math.Max(Edges, 1));
        edgesOfLarger = new Parts(units.Size + 1, Math.Max(Edges, 1));
    }

    public FabricShape Shape { get; }

    public int Droplets { get; }

    /// <summary>Droplets, leaves or pods.</summary>
    public int Units { get; }

    /// <summary>Switches of the top tier: one, spines or cores.</summary>
    public int Tops { get; }

    /// <summary>Switches of a unit that droplets hang on: none in a star, the leaf, a pod's edges.</summary>
    public int Edges { get; }

    /// <summary>Switches of a unit between its edges and the top tier.</summary>
    public int Aggregations => Shape.Kind == FabricKind.FatTree ? Shape.Ports / 2 : 0;

    /// <summary>Of all links together, both ways: between droplets and edges, edges and aggregations, and these and the top tier.</summary>
    public int LinkDirections => 2 * (Droplets + (Units * (Aggregations > 0 ? (Edges * Aggregations) + Tops : Edges * Tops)));

    /// <summary>The unit a droplet is of, and the unit's edge it hangs on.</summary>
    public void Find(int droplet, out int unit, out short edge)
    {
        unit = UnitOf(droplet);
        edge = Edges <= 1 ? (short)0 : (short)EdgeAt(unit, droplet);
    }

    public int UnitOf(int droplet) => Edges == 0 ? droplet : units.Of(droplet);

    public int FirstOf(int unit) => units.StartOf(unit);

    public int CountOf(int unit) => FirstOf(unit + 1) - FirstOf(unit);

    /// <summary>Which of its unit's edges the droplet hangs on; 0 in a star.</summary>
    public int EdgeOf(int droplet) => Edges <= 1 ? 0 : EdgeAt(UnitOf(droplet), droplet);

    /// <summary>The first droplet of a unit's edge.</summary>
    public int FirstOf(int unit, int edge) => FirstOf(unit) + EdgesOf(unit).StartOf(edge);

    /// <summary>What the links of a tier join, from the droplets upwards.</summary>
    public IReadOnlyList<string> Tiers => Shape.Kind switch
    {
        FabricKind.LeafSpine => ["host-leaf", "leaf-spine"],
        FabricKind.FatTree => ["host-edge", "edge-aggregation", "aggregation-core"],
        _ => ["host-switch"],
    };

    private int EdgeAt(int unit, int droplet) => EdgesOf(unit).Of(droplet - FirstOf(unit));

    private Parts EdgesOf(int unit) => unit < units.Larger ? edgesOfLarger : edgesOfOthers;

    /// <summary>Things in parts, whose sizes differ by one at most, the larger ones first.</summary>
    private readonly struct Parts(int things, int parts)
    {
        /// <summary>Of the smaller parts.</summary>
        public int Size { get; } = things / parts;

        /// <summary>How many parts are of one more.</summary>
        public int Larger { get; } = things % parts;

        private readonly int inLarger = things % parts * ((things / parts) + 1);

        public int StartOf(int part) => (part * Size) + Math.Min(part, Larger);

        public int Of(int thing) => (int)(thing < inLarger ? (uint)thing / ((uint)Size + 1) : (uint)Larger + ((uint)(thing - inLarger) / (uint)Size));
    }
}
