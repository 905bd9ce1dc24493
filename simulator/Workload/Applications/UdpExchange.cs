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
    private ReceiverSocket? receiver;
    private ushort localPort;
    private int returned;
    private long bytesReturned;
    private bool intact = true;

    public override void Start()
    {
        localPort = Context.Sender.Udp.BindEphemeral(this);
        if (Context.Receiver is { } stack)
        {
            receiver = new ReceiverSocket(this, stack);
            if (!stack.Udp.TryBind(step.Port, receiver))
            {
                receiver = null;
                Refuse($"UDP port {step.Port} of the receiver is in use by another step");
                return;
            }
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
        Context.Sender.Udp.Close(localPort);
        if (receiver is not null)
        {
            Context.Receiver!.Udp.Close(step.Port);
        }
    }

    protected override StepOutcome Outcome(bool complete) => new()
    {
        Step = Context.Step,
        Began = Began,
        Ended = Now,
        Sent = sentAt.Count,
        Arrived = receiver?.Arrived ?? 0,
        Returned = step.Reply ? returned : -1,
        BytesSent = (long)sentAt.Count * payload.Length,
        BytesArrived = receiver?.Bytes ?? 0,
        BytesReturned = step.Reply ? bytesReturned : -1,
        Intact = intact && (receiver?.Intact ?? true),
        RoundTrips = [.. roundTrips],
        Trouble = complete ? null : TroubleWith(step.To, Missing()),
    };

    private string Missing()
    {
        int arrived = receiver?.Arrived ?? 0;
        return arrived < sentAt.Count
            ? $"{sentAt.Count - arrived} of {sentAt.Count} datagrams did not arrive"
            : $"{sentAt.Count - returned} of {sentAt.Count} datagrams did not come back";
    }

    private void FinishIfComplete()
    {
        if ((step.Reply ? returned : receiver!.Arrived) >= step.Count)
        {
            Finish(complete: true);
        }
    }

    private sealed class ReceiverSocket(UdpExchange exchange, EndpointStack stack) : IDatagramHandler
    {
        public int Arrived { get; private set; }

        public long Bytes { get; private set; }

        public bool Intact { get; private set; } = true;

        public void Received(ushort localPort, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> octets)
        {
            Arrived++;
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
