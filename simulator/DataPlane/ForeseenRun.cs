using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// A run of transit to come, in two stages: the row of the frame's destination is asked for at once, and what it leads to some events later, when it is there to be
/// read: of an endpoint that lives here its connection and the direct path of who sends, of any other its host's MAC. A hint; it changes nothing.
/// </summary>
internal struct ForeseenRun
{
    private const int InnerIp = Wire.Overhead + Wire.Ethernet.Length;

    /// <summary>Bytes of a frame that are looked at: up to the ports of a plain inner packet.</summary>
    public const int FrameBytes = InnerIp + Wire.Ipv4.Length + 4;

    private DropletTables? tables;
    private Vni vni;
    private FlowKey flow;

    /// <summary>Asks for the destination's row.</summary>
    /// <param name="head">Of the frame.</param>
    public void Begin(DropletTables droplet, FrameFront head)
    {
        tables = droplet;
        vni = new Vni(head.Word(Wire.Outer.Geneve + Wire.Geneve.Vni) >> 8);
        flow = new FlowKey(head.Long(InnerIp + Wire.Ipv4.Source), head.Word(InnerIp + Wire.Ipv4.Length), (IpProtocol)head.Byte(InnerIp + Wire.Ipv4.Protocol));
        droplet.Endpoints.Ask(new EndpointKey(vni, flow.Destination));
    }

    /// <summary>Asks for what that row leads to, if that was not done yet.</summary>
    public void Follow()
    {
        if (tables is { } droplet)
        {
            tables = null;
            Follow(droplet);
        }
    }

    private readonly void Follow(DropletTables droplet)
    {
        ref readonly EndpointEntry destination = ref droplet.Endpoints.Find(new EndpointKey(vni, flow.Destination));
        if (Unsafe.IsNullRef(in destination) || destination.WholeAt >= 0)
        {
            return;
        }
        if (!destination.IsHosted)
        {
            droplet.Endpoints.AskMac(destination.Host);
            return;
        }
        droplet.DirectPath.Ask(new EndpointKey(vni, flow.Source));
        if (destination.HasIngressPolicy || destination.HasEgressPolicy)
        {
            droplet.Connections.Ask(new ConnectionKey(vni, in flow));
        }
    }
}
