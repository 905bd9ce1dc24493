namespace MizarLab.Overlay;

/// <summary>Which switches join the droplets.</summary>
public enum FabricKind : byte
{
    /// <summary>One switch with a port a droplet.</summary>
    Star,

    /// <summary>Leaves with the droplets on them, each with a link to every spine.</summary>
    LeafSpine,

    /// <summary>Three tiers of switches with as many ports each (Al-Fares and others, SIGCOMM 2008): pods of edges and aggregations, and cores between pods.</summary>
    FatTree,
}

/// <summary>The underlay's switches and how the droplets are spread over them: in the order of their ids, as evenly as it goes.</summary>
/// <param name="Leaves">Of a leaf-spine.</param>
/// <param name="Spines">Of a leaf-spine.</param>
/// <param name="Ports">Of each switch of a fat-tree: k, even.</param>
public readonly record struct FabricShape(FabricKind Kind, int Leaves = 0, int Spines = 0, int Ports = 0)
{
    public static readonly FabricShape Star = new(FabricKind.Star);

    public static FabricShape LeafSpine(int leaves, int spines) => new(FabricKind.LeafSpine, Leaves: leaves, Spines: spines);

    public static FabricShape FatTree(int ports) => new(FabricKind.FatTree, Ports: ports);

    /// <summary>How many droplets it has room for.</summary>
    public long Room => Kind == FabricKind.FatTree ? (long)Ports * Ports * Ports / 4 : int.MaxValue;

    /// <summary>Why there is no such fabric for so many droplets, or null.</summary>
    public string? Trouble(int droplets) => Kind switch
    {
        FabricKind.LeafSpine when Leaves < 1 || Spines < 1 => "a leaf-spine has at least one leaf and one spine",
        FabricKind.FatTree when Ports < 2 || Ports % 2 != 0 => "a fat-tree's switches have an even number of ports, at least 2",
        FabricKind.FatTree when droplets > Room => $"a fat-tree of {Ports}-port switches has room for {Room} droplets, and there are {droplets}",
        _ => null,
    };

    public override string ToString() => Kind switch
    {
        FabricKind.LeafSpine => $"leaf-spine {Leaves}x{Spines}",
        FabricKind.FatTree => $"fat-tree {Ports}",
        _ => "star",
    };
}
