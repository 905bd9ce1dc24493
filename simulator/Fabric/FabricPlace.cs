using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>What a <see cref="FabricPlace"/> is.</summary>
public enum FabricPlaceKind : byte
{
    /// <summary>An endpoint's interface.</summary>
    Endpoint,

    /// <summary>A droplet, at its ports or its NIC's egress.</summary>
    Droplet,

    /// <summary>One of a droplet's cores, and the receive queue before it.</summary>
    Core,

    /// <summary>A port and the link behind it.</summary>
    Link,
    Switch,
}

/// <summary>A place in a fabric where frames queue or are lost, the same whatever the partitions.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Of the endpoint, droplet or link; a switch's tier.</param>
/// <param name="Part">Number of the core, or of the switch in its tier.</param>
public readonly record struct FabricPlace(FabricPlaceKind Kind, int Index, int Part = 0) : IComparable<FabricPlace>
{
    public static FabricPlace Of(EndpointId endpoint) => new(FabricPlaceKind.Endpoint, endpoint.Index);

    public static FabricPlace Of(DropletId droplet) => new(FabricPlaceKind.Droplet, droplet.Index);

    public static FabricPlace Of(DropletId droplet, int core) => new(FabricPlaceKind.Core, droplet.Index, core);

    public static FabricPlace OfLink(int link) => new(FabricPlaceKind.Link, link);

    public static FabricPlace Of(FabricSwitch of) => new(FabricPlaceKind.Switch, (int)of.Tier, of.Number);

    public int CompareTo(FabricPlace other) => (Kind, Index, Part).CompareTo((other.Kind, other.Index, other.Part));
}

/// <summary>
/// What places are called: <c>left -> switch</c>, <c>leaf-3 -> spine-0</c>, <c>left core 1</c>, <c>spine-0</c>. No two have one name: a droplet that is called as a switch could be is
/// <c>droplet switch</c>.
/// </summary>
/// <param name="shape">Of the fabric.</param>
/// <param name="links">All its links.</param>
/// <param name="droplet">A droplet's name.</param>
/// <param name="endpoint">An endpoint's name.</param>
public sealed class FabricPlaceNames(FabricShape shape, IReadOnlyList<FabricPort> links, Func<int, string> droplet, Func<int, string> endpoint)
{
    private const string OfStar = "switch";

    public string this[FabricPlace place] => place.Kind switch
    {
        FabricPlaceKind.Endpoint => $"endpoint {endpoint(place.Index)}",
        FabricPlaceKind.Droplet => NameOf(new DropletId(place.Index)),
        FabricPlaceKind.Core => $"{NameOf(new DropletId(place.Index))} core {place.Part}",
        FabricPlaceKind.Link => NameOf(links[place.Index]),
        _ => NameOf(new FabricSwitch((SwitchTier)place.Index, place.Part)),
    };

    private string NameOf(FabricPort link)
    {
        string lower = link.Lower is { } edge ? NameOf(edge) : NameOf(new DropletId(link.Droplet));
        string upper = NameOf(link.Upper!.Value);
        return link.IsUp ? $"{lower} -> {upper}" : $"{upper} -> {lower}";
    }

    private string NameOf(DropletId id)
    {
        string name = droplet(id.Index);
        return name == OfStar || FabricSwitch.TryParse(name, shape, out _) ? $"droplet {name}" : name;
    }

    /// <summary>Of a star there is one.</summary>
    private string NameOf(FabricSwitch of) => shape.Kind == FabricKind.Star ? OfStar : of.NameIn(shape);
}
