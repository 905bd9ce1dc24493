using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Traffic;

namespace MizarLab.Fabric;

/// <summary>What a partition's sources share.</summary>
internal sealed record TrafficContext(TrafficSetup Setup, EndpointPlaces Places, EndpointPackets Packets, Shard Shard, TrafficTally Tally);

/// <summary>
/// The endpoints of one droplet under a workload: one event at a time stands for all of them, the earliest of what is due. Allocates nothing a packet, but when a table
/// grows.
/// </summary>
internal sealed class TrafficSource : INode, IForesees
{
    /// <summary>Flow of an ARP frame.</summary>
    private const int ArpFlow = -2;

    private readonly TrafficContext context;
    private readonly Shard shard;
    private readonly DropletNode droplet;
    private readonly DueHeap due = new();
    private readonly Neighbourhood neighbours = new();
    private readonly List<Sender> senders = [];
    private readonly TcpEndpoints tcp;
    private SimTime armed = SimTime.Never;
    private int sequence;
    private NodeDigest digest;

    public TrafficSource(TrafficContext context, DropletNode droplet)
    {
        this.context = context;
        this.droplet = droplet;
        shard = context.Shard;
        Id = shard.Add(this);
        tcp = new TcpEndpoints(context, this, Id);
    }

    public NodeId Id { get; }

    public DropletId Droplet => droplet.Droplet;

    public DropletId? Runs => droplet.Droplet;

    /// <summary>Of arrivals in their order.</summary>
    public UInt128 Digest => digest.Value;

    /// <summary>Frames its endpoints have sent, and got: of any kind.</summary>
    public long FramesOut { get; private set; }

    public long FramesIn { get; private set; }

    /// <summary>Datagrams that wait for a MAC.</summary>
    public int Waiting => neighbours.Pending;

    public TcpEndpoints Tcp => tcp;

    private SimTime Now => shard.Now;

    /// <summary>Has an endpoint play its part of a workload from a time on.</summary>
    public void Play(EndpointId endpoint, PortId port, int workload, ITrafficStream stream, SimTime from)
    {
        TrafficPacket next;
        do
        {
            if (!stream.TryNext(out next))
            {
                return;
            }
        }
        while (next.Time < from);
        if (next.Time <= context.Setup.Until)
        {
            due.Add(next.Time, senders.Count * 2);
            senders.Add(new Sender(stream, endpoint, port, workload, context.Setup.Workloads[workload].Transport) { Next = next });
            Arm();
        }
    }

    /// <summary>The endpoint is not here any more: it sends nothing, and its stack is gone without a word.</summary>
    public void Leave(EndpointId endpoint)
    {
        for (int i = 0; i < senders.Count; i++)
        {
            if (senders[i].Endpoint == endpoint)
            {
                due.Remove(i * 2);
            }
        }
        tcp.Leave(endpoint);
    }

    public void Foresee(in SimEvent coming)
    {
        if (coming.Kind == FabricEvent.Tick && due.First != SimTime.Never && (due.FirstNumber & 1) == 0)
        {
            droplet.ForeseeTransmit(senders[due.FirstNumber / 2].Port);
        }
    }

    public void Handle(in SimEvent happening)
    {
        if (happening.Kind == TimerSet.EventKind)
        {
            tcp.Handle(in happening);
            return;
        }
        if (Now >= armed)
        {
            armed = SimTime.Never;
        }
        while (due.First <= Now)
        {
            int number = due.FirstNumber;
            if ((number & 1) == 0)
            {
                SendNext(number / 2);
            }
            else
            {
                due.Take();
                Ask(number / 2);
            }
        }
        Arm();
    }

    /// <summary>The droplet has delivered a frame to a port.</summary>
    public void Deliver(PortId port, int frame)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (context.Places.At(Droplet, port) is not { } here)
        {
            shard.Lose(frame, LossCause.NoEndpoint, FabricPlace.Of(Droplet));
            return;
        }
        ref Frame bytes = ref shard.Frames[frame];
        if ((EtherType)Wire.Read16(bytes.HeadView, Wire.Ethernet.Type) == EtherType.Arp)
        {
            TakeArp(here, port, in bytes);
        }
        else if (waybill.Flow == TcpEndpoints.Flow)
        {
            Count(in waybill, bytes.Length - Wire.Ethernet.Length - Wire.Ipv4.Length);
            tcp.Receive(here, port, in bytes);
        }
        else if (waybill.Final == here.Index)
        {
            Count(in waybill, bytes.Length - EndpointPackets.HeaderBytes);
            Answer(here, port, in waybill);
        }
        else if (waybill.Source == here.Index)
        {
            context.Tally.Refused += waybill.Born >= context.Setup.WarmUp ? 1 : 0;
        }
        else
        {
            shard.Lose(frame, LossCause.NoEndpoint, FabricPlace.Of(Droplet));
            return;
        }
        FramesIn++;
        shard.Frames.Release(frame);
    }

    /// <summary>
    /// Sends a frame of a stack's: by an event, for the stack is in the middle of something, and on a droplet where both ends live the answer would come before it
    /// is done.
    /// </summary>
    public void Transmit(EndpointId from, PortId port, ReadOnlySpan<byte> bytes)
    {
        int frame = shard.Frames.Take();
        shard.Frames[frame].Load(bytes);
        bool isIpv4 = (EtherType)Wire.Read16(bytes, Wire.Ethernet.Type) == EtherType.Ipv4;
        PathMarks marks = PathMarks.None;
        if (isIpv4)
        {
            CountSent(Now, bytes.Length - Wire.Ethernet.Length - Wire.Ipv4.Length);
            marks = Mark(port, Ipv4Address.Read(bytes[(Wire.Ethernet.Length + Wire.Ipv4.Destination)..])) | droplet.SampleMark(from.Index, bytes[Wire.Ethernet.Length..], sequence);
        }
        else
        {
            context.Tally.ArpSent += Now >= context.Setup.WarmUp ? 1 : 0;
        }
        shard.Frames.Waybill(frame) = new Waybill { Born = Now, Flow = TcpEndpoints.Flow, Source = from.Index, Final = -1, Sequence = sequence++, Marks = marks };
        FramesOut++;
        shard.Schedule(Now, droplet.Id, Id, FabricEvent.FromEndpoint, frame, port.Value);
    }

    private void SendNext(int index)
    {
        Sender sender = senders[index];
        TrafficPacket packet = sender.Next;
        if (sender.Stream.TryNext(out sender.Next) && sender.Next.Time <= context.Setup.Until)
        {
            due.MoveFirst(sender.Next.Time);
        }
        else
        {
            due.Take();
        }
        if (sender.Transport == Transport.Tcp)
        {
            tcp.Open(sender.Endpoint, sender.Port, new EndpointId(packet.Destination), packet.Bytes);
            return;
        }
        Submit(sender.Endpoint, sender.Port, new Datagram
        {
            To = new EndpointId(packet.Destination),
            Bytes = packet.Bytes,
            Flow = (packet.Flow * context.Setup.Workloads.Length) + sender.Workload,
            Asks = packet.ReplyBytes,
            Since = Now,
        });
    }

    /// <summary>Sends a datagram, at once or when the MAC of its next hop is known.</summary>
    private void Submit(EndpointId from, PortId port, in Datagram datagram)
    {
        CountSent(datagram.Since, datagram.Bytes);
        Ipv4Address nextHop = context.Packets.NextHop(from, datagram.To);
        if (context.Setup.StaticNeighbours || (neighbours.Of(port, nextHop) & Acquaintance.Known) != 0)
        {
            Send(from, port, in datagram);
            return;
        }
        if (!neighbours.Wait(port, nextHop, in datagram, out int? mustAsk))
        {
            context.Tally.Unresolved++;
        }
        if (mustAsk is { } number)
        {
            SendArpRequest(from, port, nextHop);
            due.Add(Now + Workload.NeighbourTable.Interval, (number * 2) + 1);
            Arm();
        }
    }

    private void Send(EndpointId from, PortId port, in Datagram datagram)
    {
        PathMarks marks = Mark(port, context.Places.Topology.AddressOf(datagram.To)) | droplet.SampleMark(from.Index, datagram.Flow, sequence);
        int frame = shard.Frames.Take();
        context.Packets.WriteDatagram(from, datagram.To, datagram.Flow, datagram.IsAnswer, datagram.Bytes, ref shard.Frames[frame]);
        Send(port, frame, new Waybill
        {
            Born = datagram.Since,
            Flow = datagram.Flow,
            Source = from.Index,
            Final = datagram.To.Index,
            Asks = datagram.Asks,
            Sequence = sequence++,
            Marks = marks,
        });
    }

    private void Send(PortId port, int frame, in Waybill waybill)
    {
        shard.Frames.Waybill(frame) = waybill;
        FramesOut++;
        droplet.Transmit(port, frame);
    }

    /// <summary>The first of its pair of endpoints, or not.</summary>
    private PathMarks Mark(PortId port, Ipv4Address to)
    {
        if ((neighbours.Of(port, to) & Acquaintance.Spoken) != 0)
        {
            return PathMarks.None;
        }
        neighbours.Note(port, to, Acquaintance.Spoken);
        return PathMarks.First;
    }

    private void Answer(EndpointId here, PortId port, in Waybill request)
    {
        for (int left = request.Asks; left > 0; left -= context.Packets.LargestPayload)
        {
            Submit(here, port, new Datagram
            {
                To = new EndpointId(request.Source),
                Bytes = Math.Min(left, context.Packets.LargestPayload),
                Flow = request.Flow,
                IsAnswer = true,
                Since = Now,
            });
        }
    }

    private void Ask(int number)
    {
        if (neighbours.Retry(number, out PortId port, out Ipv4Address nextHop, out int lost) && context.Places.At(Droplet, port) is { } asker)
        {
            SendArpRequest(asker, port, nextHop);
            due.Add(Now + Workload.NeighbourTable.Interval, (number * 2) + 1);
        }
        context.Tally.Unresolved += lost;
    }

    private void SendArpRequest(EndpointId from, PortId port, Ipv4Address target)
    {
        int frame = shard.Frames.Take();
        context.Packets.WriteArpRequest(from, target, ref shard.Frames[frame]);
        SendArp(from, port, frame);
    }

    private void SendArp(EndpointId from, PortId port, int frame)
    {
        context.Tally.ArpSent += Now >= context.Setup.WarmUp ? 1 : 0;
        Send(port, frame, new Waybill { Born = Now, Flow = ArpFlow, Source = from.Index, Final = -1, Sequence = sequence++ });
    }

    /// <summary>Answers a request for its own address; takes a reply to what was asked here, and hands it to the endpoint's stack if there is one.</summary>
    private void TakeArp(EndpointId here, PortId port, in Frame frame)
    {
        if (!ArpView.TryRead(frame.HeadView[Wire.Ethernet.Length..], out ArpView arp))
        {
            return;
        }
        if (arp.Operation == ArpOperation.Request)
        {
            if (arp.TargetAddress == context.Places.Topology.AddressOf(here))
            {
                int reply = shard.Frames.Take();
                context.Packets.WriteArpReply(here, arp.SenderMac, arp.SenderAddress, ref shard.Frames[reply]);
                SendArp(here, port, reply);
            }
            return;
        }
        Ipv4Address sender = arp.SenderAddress;
        if (neighbours.Learn(port, sender))
        {
            while (neighbours.TryTake(port, sender, out Datagram datagram))
            {
                Send(here, port, in datagram);
            }
        }
        tcp.ReceiveIfAny(here, in frame);
    }

    private void Count(in Waybill waybill, int payload)
    {
        digest.Add(Now.Picoseconds);
        digest.Add(((long)waybill.Source << 32) | (uint)waybill.Sequence);
        if (waybill.Born >= context.Setup.WarmUp)
        {
            context.Tally.Arrive(in waybill, Now - waybill.Born, payload);
        }
    }

    private void CountSent(SimTime since, int payload)
    {
        if (since >= context.Setup.WarmUp)
        {
            context.Tally.Sent++;
            context.Tally.SentBytes += payload;
        }
    }

    /// <summary>Wakes when the first is due; an event for a later time that is under way does nothing when it comes.</summary>
    private void Arm()
    {
        if (due.First < armed)
        {
            armed = due.First;
            shard.Schedule(armed, Id, Id, FabricEvent.Tick, 0, 0);
        }
    }

    private sealed class Sender(ITrafficStream stream, EndpointId endpoint, PortId port, int workload, Transport transport)
    {
        public TrafficPacket Next;

        public ITrafficStream Stream => stream;

        public EndpointId Endpoint => endpoint;

        public PortId Port => port;

        public int Workload => workload;

        public Transport Transport => transport;
    }
}

/// <summary>Behind the ports of one partition's droplets: the endpoints of the workload.</summary>
internal sealed class TrafficSinks(TrafficSource?[] sources) : IEndpointSide
{
    public void Deliver(DropletNode from, PortId port, int frame) => sources[from.Droplet.Index]!.Deliver(port, frame);
}
