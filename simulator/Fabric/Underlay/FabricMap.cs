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
    /// <summary>Unit and edge of each droplet, for every frame asks; of a star the unit is the droplet.</summary>
    private readonly (int Unit, short Edge)[] places;

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
        places = new (int, short)[shape.Kind == FabricKind.Star ? 0 : droplets];
        for (int d = 0; d < places.Length; d++)
        {
            places[d] = (UnitOf(d), (short)EdgeOf(d));
        }
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

    /// <summary>The unit a droplet is of, and the unit's edge it hangs on.</summary>
    public void Find(int droplet, out int unit, out short edge) => (unit, edge) = places.Length == 0 ? (droplet, (short)0) : places[droplet];

    public int UnitOf(int droplet) => PartOf(droplet, Droplets, Units);

    public int FirstOf(int unit) => StartOf(unit, Droplets, Units);

    public int CountOf(int unit) => FirstOf(unit + 1) - FirstOf(unit);

    /// <summary>Which of its unit's edges the droplet hangs on; 0 in a star.</summary>
    public int EdgeOf(int droplet)
    {
        if (Edges <= 1)
        {
            return 0;
        }
        int unit = UnitOf(droplet);
        return PartOf(droplet - FirstOf(unit), CountOf(unit), Edges);
    }

    /// <summary>The first droplet of a unit's edge.</summary>
    public int FirstOf(int unit, int edge) => FirstOf(unit) + StartOf(edge, CountOf(unit), Math.Max(Edges, 1));

    /// <summary>What the links of a tier join, from the droplets upwards.</summary>
    public IReadOnlyList<string> Tiers => Shape.Kind switch
    {
        FabricKind.LeafSpine => ["host-leaf", "leaf-spine"],
        FabricKind.FatTree => ["host-edge", "edge-aggregation", "aggregation-core"],
        _ => ["host-switch"],
    };

    /// <summary>So many things in so many parts, whose sizes differ by one at most, the larger ones first: where a part begins.</summary>
    private static int StartOf(int part, int things, int parts) => (part * (things / parts)) + Math.Min(part, things % parts);

    private static int PartOf(int thing, int things, int parts)
    {
        int size = things / parts;
        int larger = things % parts;
        int inLarger = larger * (size + 1);
        return thing < inLarger ? thing / (size + 1) : larger + ((thing - inLarger) / size);
    }
}
