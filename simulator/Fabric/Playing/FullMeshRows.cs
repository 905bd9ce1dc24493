using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// Direct-path rows that nobody has to learn: every droplet has one for each endpoint on another, as in a full mesh, whose controller tells every host of every endpoint (spec 12 §3.1).
/// What is compared then is the data plane alone: the same programs, without the first packets' ways.
/// </summary>
internal static class FullMeshRows
{
    /// <param name="plan">Of the topology.</param>
    /// <param name="model">With room for as many rows a droplet as there are endpoints.</param>
    public static void Write(GeneratedPlan plan, ModelDataPlane model)
    {
        GeneratedTopology topology = plan.Topology;
        for (int e = 0; e < topology.EndpointCount; e++)
        {
            EndpointId endpoint = new(e);
            Droplet host = topology.Roles.Droplets[topology.HostOf(endpoint).Index];
            EndpointKey key = new(topology.VniOf(endpoint), topology.AddressOf(endpoint));
            for (int d = 0; d < topology.DropletCount; d++)
            {
                if (topology.HostOf(endpoint) != new DropletId(d))
                {
                    model.Put(new DropletId(d), Tables.DirectPath, key, new CachedHost(new HostAddress(host.Address, host.Mac)));
                }
            }
        }
    }
}
