using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Reading;

/// <summary>A topology as read. When something was wrong, ids are still dense, and what is unsound is not asked about again.</summary>
/// <param name="sound">Of each endpoint, whether nothing was wrong with its own lines.</param>
/// <param name="rolesKnown">Whether every list of bouncers and dividers could be read or placed.</param>
internal sealed class TopologyRead(Topology topology, bool[] sound, bool rolesKnown)
{
    private readonly SortedDictionary<(int Vpc, uint Address), EndpointId> byAddress = Index(topology, sound);

    public Topology Topology => topology;

    public bool RolesKnown => rolesKnown;

    /// <summary>Whether nothing was wrong with this endpoint's own lines.</summary>
    public bool Sound(EndpointId endpoint) => sound[endpoint.Index];

    /// <summary>The endpoint of a VPC with this address.</summary>
    public EndpointId? At(VpcId vpc, Ipv4Address address) => byAddress.TryGetValue((vpc.Index, address.Value), out EndpointId found) ? found : null;

    public VpcId VpcOf(EndpointId endpoint) => topology[topology[endpoint].Network].Vpc;

    /// <summary>
    /// The address an exchange from an endpoint goes to, and who has it in the sender's VPC, or in one peered with it. Naming an endpoint of another
    /// VPC means its address, which must not be someone's in the sender's own: that one would be reached.
    /// </summary>
    public Exchange Resolve(EndpointId from, Placed<Target> to, ReadContext context)
    {
        Ipv4Address address = to.Value.Endpoint is { } named ? topology[named].Address : to.Value.Service is { } asked ? topology[asked].Address : to.Value.Address;
        VpcId own = VpcOf(from);
        EndpointId? peer = At(own, address);
        foreach (Peering peering in topology.Peerings)
        {
            peer ??= peering.Other(own) is { } beside ? At(beside, address) : null;
        }
        if (to.Value.Endpoint is { } meant && peer is { } other && other != meant && sound[meant.Index] && sound[from.Index])
        {
            context.Diagnostics.Report(
                to.Where,
                $"endpoint '{topology[meant].Name}' is in another VPC, and its address {address} is that of '{topology[other].Name}' in the sender's",
                $"'{topology[other].Name}' would be reached; write that name or the address");
        }
        return new Exchange(from, address, peer, peer is null ? topology.ServiceAt(VpcOf(from), address) : null);
    }

    private static SortedDictionary<(int, uint), EndpointId> Index(Topology topology, bool[] sound)
    {
        SortedDictionary<(int, uint), EndpointId> index = [];
        for (int i = 0; i < sound.Length; i++)
        {
            if (sound[i])
            {
                Endpoint endpoint = topology.Endpoints[i];
                index.TryAdd((topology[endpoint.Network].Vpc.Index, endpoint.Address.Value), new EndpointId(i));
            }
        }
        return index;
    }
}
