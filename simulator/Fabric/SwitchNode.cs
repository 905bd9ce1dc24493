using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// The underlay: one switch with a fixed table of MAC addresses and a port a droplet. It forwards by destination, floods nothing,
/// never sends a frame back by the port it came from, and drops group addresses.
/// </summary>
internal sealed class SwitchNode : INode
{
    private readonly SimulatedNetwork network;
    private readonly NodeId id;
    private readonly FlatTable<MacAddress, int> portByMac = new();

    public SwitchNode(SimulatedNetwork network)
    {
        this.network = network;
        id = network.Simulation.Add(this);
        for (int i = 0; i < network.Topology.Droplets.Length; i++)
        {
            MacAddress mac = network.Topology.Droplets[i].Mac;
            if (portByMac.Contains(in mac))
            {
                throw new ArgumentException($"droplet '{network.Topology.Droplets[i].Name}' has the MAC of another, {mac}", nameof(network));
            }
            portByMac.Put(in mac, in i);
        }
    }

    public NodeId Id => id;

    public void Handle(in SimEvent happening)
    {
        int frame = happening.Subject;
        DropletNode from = network.DropletOf(happening.Source);
        LinkArrival arrival = LinkArrival.Unpack(happening.Argument);
        if (arrival.Epoch != from.Uplink.Epoch)
        {
            network.Lose(frame, LossCause.LinkDown);
            return;
        }
        if (network.Recorder.Enabled)
        {
            network.Recorder.Saw(SightingKind.WireSent, from.Droplet, null, network.Frames.Evidence(frame), arrival.QueueFrames);
        }
        Forward(from, frame);
    }

    private void Forward(DropletNode from, int frame)
    {
        MacAddress destination = MacAddress.Read(network.Frames[frame].HeadView);
        if (destination.IsGroup)
        {
            network.Lose(frame, LossCause.GroupAddress);
        }
        else if (!portByMac.TryGet(in destination, out int port))
        {
            network.Lose(frame, LossCause.UnknownAddress);
        }
        else if (port == from.Droplet.Index)
        {
            network.Lose(frame, LossCause.OwnAddress);
        }
        else
        {
            DropletNode to = network[new DropletId(port)];
            network.SendOver(to.Downlink, frame, id, to.Id);
        }
    }
}
