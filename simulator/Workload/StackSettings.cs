using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Tcp;

namespace MizarLab.Workload;

/// <summary>How an endpoint's one interface is set up.</summary>
/// <param name="Mac">Its MAC.</param>
/// <param name="Address">Its only address.</param>
/// <param name="OnLink">Addresses reached without a router.</param>
/// <param name="Gateway">The default route's next hop, which is on link.</param>
/// <param name="MtuBytes">Largest IP packet it sends.</param>
public sealed record StackSettings(MacAddress Mac, Ipv4Address Address, Ipv4Prefix OnLink, Ipv4Address Gateway, int MtuBytes)
{
    /// <summary>Further addresses on link: of a network that is a set, its other members.</summary>
    public ImmutableArray<Ipv4Address> AlsoOnLink { get; init; } = [];

    /// <summary>MACs that the endpoint knows without asking, by address, as a static entry; null where there is none, or of no address.</summary>
    public Func<Ipv4Address, MacAddress?>? Neighbours { get; init; }

    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>An endpoint's, as its network has it.</summary>
    public static StackSettings Of(Topology topology, EndpointId id)
    {
        Endpoint own = topology[id];
        Network on = topology[own.Network];
        return on.IsSet
            ? new(own.Mac, own.Address, new Ipv4Prefix(own.Address, 32), on.Gateway, own.MtuBytes) { AlsoOnLink = topology.MembersOf(own.Network) }
            : new(own.Mac, own.Address, on.Cidr, on.Gateway, own.MtuBytes);
    }

    public bool IsOnLink(Ipv4Address address) => OnLink.Contains(address) || AlsoOnLink.Contains(address);
}
