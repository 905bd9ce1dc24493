using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>How a packet's way ended.</summary>
internal enum WalkEnd : byte
{
    /// <summary>At an endpoint's interface.</summary>
    Delivered,

    /// <summary>At a droplet that is down.</summary>
    Down,

    /// <summary>A program dropped it, or passed it to a stack.</summary>
    Dropped,
}

/// <summary>
/// A packet's way through a network's real programs and tables, without time: agent, then transit of whichever droplet the outer header names, until it is delivered or gone. What programs
/// learn on the way they keep.
/// </summary>
/// <param name="net">Its tables and ports.</param>
internal sealed class Walk(RunningNet net)
{
    private const int MostHops = 256;

    private readonly Topology topology = net.Plan.Topology;
    private readonly bool[] down = new bool[net.Plan.Topology.Droplets.Length];
    private readonly List<DropletId> way = [];

    /// <summary>The droplets of the last walk, in order; the sender's first.</summary>
    public IReadOnlyList<DropletId> Way => way;

    /// <summary>Says whether a droplet answers.</summary>
    public void SetDown(DropletId droplet, bool isDown) => down[droplet.Index] = isDown;

    /// <summary>A datagram as the endpoint's stack sends it once ARP is done.</summary>
    public byte[] Datagram(EndpointId from, EndpointId to)
    {
        (Endpoint sender, Endpoint receiver) = (topology[from], topology[to]);
        MacAddress next = sender.Network == receiver.Network ? receiver.Mac : topology[sender.Network].GatewayMac;
        return new PacketBuilder().Ethernet(next, sender.Mac).Ipv4(sender.Address, receiver.Address).Udp(4_000, 9).Bytes(new byte[18]).ToBytes();
    }

    /// <summary>One datagram.</summary>
    public WalkEnd Send(EndpointId from, EndpointId to) => Send(from, topology[from].Droplet, Datagram(from, to));

    /// <summary>One frame of an endpoint that lives on this droplet.</summary>
    public WalkEnd Send(EndpointId from, DropletId host, ReadOnlySpan<byte> bytes)
    {
        way.Clear();
        Frame frame = Frame.FromBytes(bytes);
        DropletId at = host;
        ProgramResult result = net.Model.Run(at, ProgramId.Agent, new AgentId(net.Plan.PortOf(from, host).Value), ref frame);
        for (int hop = 0; hop < MostHops; hop++)
        {
            way.Add(at);
            if (result.Verdict == Verdict.Redirect && result.Slot != PortId.Nic.Value && result.Slot >= 0)
            {
                return WalkEnd.Delivered;
            }
            if (result.Verdict is not (Verdict.Tx or Verdict.Redirect))
            {
                return WalkEnd.Dropped;
            }
            Ipv4Address target = Ipv4Address.Read(frame.HeadView[(Wire.Outer.Ip + Wire.Ipv4.Destination)..]);
            at = new DropletId((int)(target.Value - topology.Droplets[0].Address.Value));
            if (down[at.Index])
            {
                way.Add(at);
                return WalkEnd.Down;
            }
            result = net.Model.Run(at, ProgramId.Transit, default, ref frame);
        }
        throw new InvalidOperationException($"a packet went over {MostHops} droplets");
    }
}
