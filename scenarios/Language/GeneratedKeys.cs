using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of a topology made by rule: numbers in place of names. Scenarios write it out, studies do not.</summary>
internal static class GeneratedKeys
{
    private const int MostEndpoints = 20_000_000;

    private static readonly Key<int> Droplets = Key.Needs("droplets", Standard.Count, "Hosts: d0, d1, …");
    private static readonly Key<int> Endpoints = Key.Needs("endpoints", new IntegerShape("a number of endpoints", 1, MostEndpoints), "Of all droplets together: e0, e1, …; every droplet gets as many as any other, or one more, and neighbours in a network live on different droplets.");
    private static readonly Key<int> PerNetwork = Key.Has("endpoints_per_network", new IntegerShape("a number of endpoints", 1, 60_000), 250, "Endpoints fill networks one after the other: n0, n1, …");
    private static readonly Key<int> NetworksPerVpc = Key.Has("networks_per_vpc", new IntegerShape("a number of networks", 1, 10_000), 4, "Networks fill VPCs: v0, v1, …");
    private static readonly Key<int> Bouncers = Key.Has("bouncers", new IntegerShape("a number of role holders", 1, AddressList.Limit), 2, "Of each network, distinct droplets, spread evenly.");
    private static readonly Key<int> Dividers = Key.Has("dividers", new IntegerShape("a number of role holders", 1, AddressList.Limit), 2, "Of each VPC, likewise.");

    public static readonly RecordShape Shape = new("generate", "A topology by rule.", Droplets, Endpoints, PerNetwork, NetworksPerVpc, Bouncers, Dividers);

    /// <summary>The topology; null after something was reported.</summary>
    public static GeneratedTopology? Of(Fields fields, Underlay underlay, Diagnostics diagnostics)
    {
        try
        {
            return new GeneratedTopology(new GeneratedShape(fields.Get(Droplets), fields.Get(Endpoints))
            {
                EndpointsPerNetwork = fields.Get(PerNetwork),
                NetworksPerVpc = fields.Get(NetworksPerVpc),
                BouncersPerNetwork = fields.Get(Bouncers),
                DividersPerVpc = fields.Get(Dividers),
                Underlay = underlay,
            });
        }
        catch (ArgumentException e)
        {
            diagnostics.Report(fields.Where, e.Message.Split(" (Parameter")[0]);
            return null;
        }
    }

    /// <summary>The underlay of its section.</summary>
    public static Underlay UnderlayOf(Fields section)
    {
        LinkSpec link = FabricKeys.Limited(section, new(section.Get(TopologyKeys.UnderlayDelay), section.Get(TopologyKeys.UnderlayRate), section.Get(TopologyKeys.UnderlayQueue)));
        return FabricKeys.Of(section, section.Get(TopologyKeys.UnderlayMtu), link);
    }
}
