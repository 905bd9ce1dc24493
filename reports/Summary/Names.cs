using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>Ids back into the words of the user's file. An id outside the topology keeps its number: a report never throws over it.</summary>
public sealed class Names(Scenario scenario)
{
    private readonly Topology topology = scenario.Topology;

    public string Of(DropletId id) => InRange(id.Index, topology.Droplets.Length) ? topology[id].Name : $"droplet {id.Index}";

    public string Of(EndpointId id) => InRange(id.Index, topology.Endpoints.Length) ? topology[id].Name : $"endpoint {id.Index}";

    public string Of(VpcId id) => InRange(id.Index, topology.Vpcs.Length) ? topology[id].Name : $"VPC {id.Index}";

    /// <summary>A step by its index in the timeline; −1 is no step.</summary>
    public string OfStep(int step) => InRange(step, scenario.Timeline.Length) ? scenario.Timeline[step].Name : "no step";

    /// <summary>The endpoint that has this address in the VPC of <paramref name="from"/>; null when nobody has.</summary>
    public EndpointId? Owner(EndpointId from, Ipv4Address address)
    {
        if (!InRange(from.Index, topology.Endpoints.Length))
        {
            return null;
        }
        VpcId vpc = topology[topology[from].Network].Vpc;
        for (int i = 0; i < topology.Endpoints.Length; i++)
        {
            if (topology.Endpoints[i].Address == address && topology[topology.Endpoints[i].Network].Vpc == vpc)
            {
                return new EndpointId(i);
            }
        }
        return null;
    }

    /// <summary>The target of an exchange: the endpoint's name, or the address when it is nobody's.</summary>
    public string Target(EndpointId from, Ipv4Address to) => Owner(from, to) is { } owner ? Of(owner) : to.ToString();

    private static bool InRange(int index, int length) => (uint)index < (uint)length;
}
