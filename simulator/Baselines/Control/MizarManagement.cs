using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Baselines;

/// <summary>
/// Mizar itself: what its management plane writes. All rows of all droplets are taken from Management/'s own generators, and those that one endpoint makes a droplet be told are one
/// message; nothing here knows that these are the network's k bouncers and the host, or how many rows. Networks, which dividers are told of, are messages before them.
/// </summary>
/// <remarks>
/// A host that bounces for its endpoint's network gets one message for both (<see cref="ControlPlane.Merged"/>). What a droplet holds whatever endpoints there are (its NIC; the
/// dialect <c>lab</c>'s row for each other droplet) is <see cref="BaseRows"/>.
/// </remarks>
public sealed class MizarManagement : ControlPlane
{
    private readonly GeneratedTopology topology;
    private readonly ManagementMessages messages;
    private readonly Grouping byPartition;

    public MizarManagement(ControlShape shape, DataPlaneSettings settings)
        : base(shape)
    {
        topology = new GeneratedTopology(new GeneratedShape(shape.Hosts, shape.Endpoints)
        {
            EndpointsPerNetwork = shape.EndpointsPerNetwork,
            NetworksPerVpc = (shape.Endpoints + shape.EndpointsPerNetwork - 1) / shape.EndpointsPerNetwork,
            BouncersPerNetwork = shape.Bouncers,
            DividersPerVpc = shape.Dividers,
        });
        messages = ManagementMessages.Of(new GeneratedPlan(topology, settings));
        byPartition = new Grouping(messages.Count, shape.Partitions, i => messages[i].Droplet % shape.Partitions);
    }

    public override int Senders => Shape.Partitions;

    public override int Receivers => Shape.Hosts;

    public override int FirstHost => 0;

    public override long Sessions => 0;

    public override long MessagesAtMost => messages.Count;

    public override int Networks => topology.Shape.Networks;

    public override long Merged
    {
        get
        {
            long merged = 0;
            for (int e = 0; e < Shape.Endpoints; e++)
            {
                EndpointId endpoint = new(e);
                merged += topology.Roles[topology.NetworkOf(endpoint)].Bouncers.Contains(topology.HostOf(endpoint)) ? 1 : 0;
            }
            return merged;
        }
    }

    public override long MergedSetUps
    {
        get
        {
            long merged = 0;
            foreach (Network network in topology.Roles.Networks)
            {
                foreach (DropletId bouncer in network.Bouncers)
                {
                    merged += topology.Roles[network.Vpc].Dividers.Contains(bouncer) ? 1 : 0;
                }
            }
            return merged;
        }
    }

    public override long BaseRows(int host) => messages.BaseRows(host);

    public override IEnumerable<ControlMessage> MessagesOf(int sender)
    {
        int count = byPartition.CountOf(sender);
        for (int i = 0; i < count; i++)
        {
            ManagementMessage message = messages[byPartition.At(sender, i)];
            yield return new ControlMessage(message.Droplet, message.Endpoint, message.Rows);
        }
    }
}
