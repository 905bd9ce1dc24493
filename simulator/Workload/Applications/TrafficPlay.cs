using System.Buffers.Binary;
using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Tcp;

namespace MizarLab.Workload.Applications;

/// <summary>
/// Plays a workload that is written out packet by packet, between the stacks endpoints have at the time: an endpoint that is not there sends nothing, and one that moved
/// goes on with a stack that knows no neighbour. A datagram says which of the step's it is, so that each is counted once.
/// </summary>
/// <param name="step">What is sent, by time since it began.</param>
/// <param name="index">Of the step.</param>
/// <param name="topology">Whose endpoints they are.</param>
/// <param name="stackOf">An endpoint's stack now; null: it is not there.</param>
/// <param name="timers">Of the run.</param>
/// <param name="finished">Called once, with the outcome.</param>
public sealed class TrafficPlay(TrafficStep step, int index, Topology topology, Func<EndpointId, EndpointStack?> stackOf, TimerSet timers, Action<StepOutcome> finished) : IDatagramHandler
{
    /// <summary>What a datagram begins with: its number, and in an answer the highest bit.</summary>
    public const int NumberBytes = sizeof(uint);

    private const ushort ServicePort = 9_000, FirstPort = 32_768;
    private const int Ports = 28_000;
    private const uint AnswerMark = 1u << 31;

    private readonly bool[] arrived = new bool[step.Packets.Length];
    private readonly long[] returned = new long[step.Packets.Length];
    private readonly byte[] room = new byte[ushort.MaxValue];
    private readonly List<IcmpErrorSeen> errors = [];
    private readonly Listener listener = new();
    private readonly List<Action> open = [];
    private SimTimer timer = null!;
    private SimTime began;
    private int next;
    private int sent;
    private int absent;
    private long bytesSent;
    private long bytesArrived;
    private bool over;

    /// <summary>Sends what is due now, and the rest when it is.</summary>
    public void Start()
    {
        began = timers.Now;
        timer = timers.Create(OnTimer);
        SendDue();
    }

    void IDatagramHandler.Received(ushort localPort, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> payload)
    {
        if (over || payload.Length < NumberBytes)
        {
            return;
        }
        uint number = BinaryPrimitives.ReadUInt32BigEndian(payload);
        int packet = (int)(number & ~AnswerMark);
        if (packet >= step.Packets.Length)
        {
            return;
        }
        if ((number & AnswerMark) != 0)
        {
            returned[packet] += payload.Length;
        }
        else if (!arrived[packet])
        {
            arrived[packet] = true;
            bytesArrived += payload.Length;
            Answer(packet, source, sourcePort);
        }
        FinishIfComplete();
    }

    void IDatagramHandler.Failed(ushort localPort, IcmpErrorSeen error) => errors.Add(error);

    private void OnTimer()
    {
        if (next < step.Packets.Length)
        {
            SendDue();
        }
        else
        {
            Finish();
        }
    }

    private void SendDue()
    {
        while (next < step.Packets.Length && began + step.Packets[next].After <= timers.Now)
        {
            Send(next++);
        }
        if (!over)
        {
            timer.ArmAt(next < step.Packets.Length ? began + step.Packets[next].After : timers.Now + step.Timeout);
        }
    }

    private void Send(int number)
    {
        PlannedPacket packet = step.Packets[number];
        if (stackOf(packet.From) is not { } sender)
        {
            absent++;
            return;
        }
        sent++;
        bytesSent += packet.Bytes;
        ushort port = (ushort)(FirstPort + (((packet.From.Index * 104_729L) + (packet.Flow * 7_919L)) % Ports));
        Ipv4Address to = topology[packet.To].Address;
        if (step.OverTcp)
        {
            if (stackOf(packet.To) is { } server && server.Tcp.TryListen(ServicePort, listener))
            {
                open.Add(() => server.Tcp.StopListening(ServicePort));
            }
            sender.Tcp.Connect(to, ServicePort, new Client(this, number));
            return;
        }
        Bind(stackOf(packet.To), ServicePort);
        Bind(sender, port);
        Span<byte> payload = room.AsSpan(0, packet.Bytes);
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)number);
        sender.Udp.Send(port, to, ServicePort, payload);
    }

    /// <summary>A socket that is there until the step ends; flows of one port share it.</summary>
    private void Bind(EndpointStack? stack, ushort port)
    {
        if (stack is not null && stack.Udp.TryBind(port, this))
        {
            open.Add(() => stack.Udp.Close(port));
        }
    }

    private void Answer(int number, Ipv4Address to, ushort port)
    {
        PlannedPacket packet = step.Packets[number];
        if (packet.ReplyBytes == 0 || stackOf(packet.To) is not { } stack)
        {
            return;
        }
        int largest = stack.Ip.MtuBytes - Ipv4View.MinimumLength - UdpView.HeaderLength;
        for (int left = packet.ReplyBytes; left > 0; left -= largest)
        {
            Span<byte> payload = room.AsSpan(0, Math.Max(NumberBytes, Math.Min(left, largest)));
            BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)number | AnswerMark);
            stack.Udp.Send(ServicePort, to, port, payload);
        }
    }

    private void FlowEnded(int number, bool whole)
    {
        if (!over && whole && !arrived[number])
        {
            arrived[number] = true;
            bytesArrived += step.Packets[number].Bytes;
            FinishIfComplete();
        }
    }

    private int BytesOf(int number) => step.Packets[number].Bytes;

    private bool IsReturned(int number) => returned[number] >= step.Packets[number].ReplyBytes;

    private void FinishIfComplete()
    {
        if (next == step.Packets.Length && arrived.All(a => a) && Enumerable.Range(0, arrived.Length).All(IsReturned))
        {
            Finish();
        }
    }

    private void Finish()
    {
        if (over)
        {
            return;
        }
        over = true;
        timer.Remove();
        open.ForEach(close => close());
        int there = arrived.Count(a => a);
        int back = Enumerable.Range(0, arrived.Length).Count(i => step.Packets[i].ReplyBytes > 0 && IsReturned(i));
        bool isAsked = step.Packets.Any(p => p.ReplyBytes > 0);
        string noun = step.OverTcp ? "flows" : "datagrams";
        finished(new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = timers.Now,
            Sent = sent,
            Arrived = there,
            Returned = isAsked ? back : -1,
            BytesSent = bytesSent,
            BytesArrived = bytesArrived,
            BytesReturned = isAsked ? returned.Sum() : -1,
            IcmpErrors = [.. errors],
            Trouble = there < sent ? $"{sent - there} of {sent} {noun} did not arrive"
                : absent > 0 ? $"{absent} of {step.Packets.Length} {noun} were not sent: their endpoints were not there"
                : null,
        });
    }

    private sealed class Client(TrafficPlay play, int number) : ITcpHandler
    {
        public void Connected(TcpConnection connection)
        {
            connection.SendZeros(play.BytesOf(number));
            connection.Close();
        }

        public void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
        }

        public void PeerClosed(TcpConnection connection)
        {
        }

        public void Ended(TcpConnection connection, TcpEnd end) => play.FlowEnded(number, end == TcpEnd.Closed);
    }

    private sealed class Listener : ITcpHandler
    {
        public void Connected(TcpConnection connection)
        {
        }

        public void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
        }

        public void PeerClosed(TcpConnection connection) => connection.Close();

        public void Ended(TcpConnection connection, TcpEnd end)
        {
        }
    }
}
