using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Workload.Applications;

/// <summary>Datagrams at an interval, from a socket of the sender to one of the receiver, which sends each back if the step says so.</summary>
internal sealed class UdpExchange(ExchangeContext context, UdpStep step) : Exchange(context), IDatagramHandler
{
    private readonly List<SimTime> sentAt = [];
    private readonly List<SimTime> roundTrips = [];
    private readonly byte[] payload = [.. step.Payload];
    private readonly List<ReceiverSocket> receivers = [];
    private readonly List<IcmpErrorSeen> errors = [];
    private ushort localPort;
    private int arrived;
    private int returned;
    private long bytesReturned;
    private bool intact = true;

    public override void Start()
    {
        if (step.SourcePort == 0)
        {
            localPort = Context.Sender.Udp.BindEphemeral(this);
        }
        else if (Context.Sender.Udp.TryBind(step.SourcePort, this))
        {
            localPort = step.SourcePort;
        }
        else
        {
            Refuse($"UDP port {step.SourcePort} of the sender is in use by another step");
            return;
        }
        foreach (EndpointStack stack in Context.Receivers)
        {
            ReceiverSocket receiver = new(this, stack);
            if (!stack.Udp.TryBind(Context.ReceiverPort, receiver))
            {
                Refuse($"UDP port {Context.ReceiverPort} of the receiver is in use by another step");
                return;
            }
            receivers.Add(receiver);
        }
        SendNext();
    }

    /// <summary>The sender's socket: a datagram came back.</summary>
    public void Received(ushort port, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> octets)
    {
        if (returned < sentAt.Count)
        {
            roundTrips.Add(Now - sentAt[returned]);
        }
        returned++;
        bytesReturned += octets.Length;
        intact &= octets.SequenceEqual(payload);
        FinishIfComplete();
    }

    public void Failed(ushort port, IcmpErrorSeen error) => errors.Add(error);

    protected override void SendNext()
    {
        sentAt.Add(Now);
        if (sentAt.Count < step.Count)
        {
            Pacer.ArmAfter(step.Interval);
        }
        else
        {
            GiveUpAfter(step.Timeout);
        }
        Context.Sender.Udp.Send(localPort, step.To, step.Port, payload);
    }

    protected override void CleanUp()
    {
        if (localPort != 0)
        {
            Context.Sender.Udp.Close(localPort);
        }
        foreach (ReceiverSocket receiver in receivers)
        {
            receiver.Stack.Udp.Close(Context.ReceiverPort);
        }
    }

    protected override StepOutcome Outcome(bool complete) => new()
    {
        Step = Context.Step,
        Began = Began,
        Ended = Now,
        Sent = sentAt.Count,
        // What came back did arrive: of a proxied endpoint, behind which is no socket, it is the only witness.
        Arrived = Math.Max(arrived, returned),
        Returned = step.Reply ? returned : -1,
        BytesSent = (long)sentAt.Count * payload.Length,
        BytesArrived = Math.Max(receivers.Sum(r => r.Bytes), bytesReturned),
        BytesReturned = step.Reply ? bytesReturned : -1,
        Intact = intact && receivers.TrueForAll(r => r.Intact),
        IcmpErrors = [.. errors],
        RoundTrips = [.. roundTrips],
        Trouble = complete ? null : TroubleWith(step.To, Missing()),
    };

    private string Missing()
    {
        int there = Math.Max(arrived, returned);
        return there < sentAt.Count
            ? $"{sentAt.Count - there} of {sentAt.Count} datagrams did not arrive"
            : $"{sentAt.Count - returned} of {sentAt.Count} datagrams did not come back";
    }

    private void FinishIfComplete()
    {
        if ((step.Reply ? returned : arrived) >= step.Count)
        {
            Finish(complete: true);
        }
    }

    private sealed class ReceiverSocket(UdpExchange exchange, EndpointStack stack) : IDatagramHandler
    {
        public EndpointStack Stack => stack;

        public long Bytes { get; private set; }

        public bool Intact { get; private set; } = true;

        public void Received(ushort localPort, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> octets)
        {
            exchange.arrived++;
            Bytes += octets.Length;
            Intact &= octets.SequenceEqual(exchange.payload);
            if (exchange.ReplyWanted)
            {
                stack.Udp.Send(localPort, source, sourcePort, octets);
            }
            exchange.FinishIfComplete();
        }
    }

    private bool ReplyWanted => step.Reply;
}
