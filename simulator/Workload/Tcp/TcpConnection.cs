using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload.Tcp;

/// <summary>States of RFC 9293 §3.3.2; LISTEN is <see cref="TcpLayer"/>'s.</summary>
public enum TcpState : byte
{
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    Closed,
}

/// <summary>
/// One end of a TCP connection: handshake, ordered delivery with retransmission, close from either side or both at once. Every
/// segment that brings something is acknowledged at once, before the application sees it. Congestion is answered as <see cref="TcpSettings"/> say; window
/// scaling, timestamps and selective acknowledgement are not spoken, so at most 64 KiB are in flight.
/// </summary>
public sealed class TcpConnection
{
    /// <summary>How long an end that closed first answers late segments: twice a segment's life of 30 s, as Linux has it.</summary>
    public static readonly SimTime TimeWaitSpan = SimTime.FromSeconds(60);

    private readonly TcpLayer layer;
    private readonly ITcpHandler handler;
    private readonly SequenceNumber initial;
    private readonly TcpSender sender;
    private TcpReceiver? receiver;
    private bool ended;

    internal TcpConnection(TcpLayer layer, TcpEnds ends, SequenceNumber initial, ITcpHandler handler)
    {
        this.layer = layer;
        this.handler = handler;
        this.initial = initial;
        Ends = ends;
        Timer = layer.Timers.Create(OnTimer);
        sender = new TcpSender(this, initial, layer.SegmentLimit, layer.Settings);
    }

    public TcpEnds Ends { get; }

    public TcpState State { get; private set; } = TcpState.SynSent;

    /// <summary>Segments sent again so far.</summary>
    public int Retransmissions => sender.Retransmissions;

    /// <summary>Times that nothing came back for data in flight.</summary>
    public int Timeouts => sender.Timeouts;

    /// <summary>The same of whatever was in flight, the SYN too.</summary>
    public int Expiries => sender.Expiries;

    /// <summary>Octets that congestion control lets be in flight.</summary>
    public int CongestionWindow => sender.Congestion.Bytes;

    /// <summary>Times that window shrank.</summary>
    public int WindowReductions => sender.Congestion.Reductions;

    /// <summary>Octets written and not acknowledged.</summary>
    public int Unacknowledged => sender.Buffered;

    internal SimTime Now => layer.Timers.Now;

    internal SimTimer Timer { get; }

    internal void PathNarrowed(int segmentBytes) => sender.PathNarrowed(segmentBytes);

    /// <summary>Has these octets sent; also before the handshake is done.</summary>
    /// <exception cref="InvalidOperationException">This end has closed.</exception>
    public void Send(ReadOnlySpan<byte> octets)
    {
        CheckOpen();
        sender.Write(octets);
    }

    /// <summary>Has so many octets sent that are all zero, and that no buffer keeps; nothing else can be sent behind them.</summary>
    /// <exception cref="InvalidOperationException">This end has closed.</exception>
    public void SendZeros(int octets)
    {
        CheckOpen();
        sender.WriteZeros(octets);
    }

    /// <summary>Nothing more will be sent: a FIN follows what was written. Receiving goes on.</summary>
    public void Close()
    {
        switch (State)
        {
            case TcpState.SynSent:
                End(TcpEnd.Aborted);
                break;
            case TcpState.SynReceived or TcpState.Established:
                State = TcpState.FinWait1;
                sender.QueueFin();
                break;
            case TcpState.CloseWait:
                State = TcpState.LastAck;
                sender.QueueFin();
                break;
        }
    }

    /// <summary>Gives up at once; the peer is told with RST if it knows of the connection.</summary>
    public void Abort()
    {
        if (State is not (TcpState.SynSent or TcpState.TimeWait or TcpState.Closed))
        {
            layer.SendSegment(Ends, new TcpFields(sender.Next, receiver!.Next, TcpFlags.Reset | TcpFlags.Ack, 0, null), 0);
        }
        End(TcpEnd.Aborted);
    }

    /// <summary>Gone without a word: the endpoint vanished.</summary>
    internal void Vanish() => End(TcpEnd.Aborted);

    internal void OpenActively()
    {
        State = TcpState.SynSent;
        SendSyn();
        sender.SynSent();
    }

    internal void OpenPassively(in TcpSegment syn)
    {
        State = TcpState.SynReceived;
        TakeSyn(syn);
        SendSyn();
        sender.SynSent();
    }

    /// <summary>Sends the SYN, or with it the acknowledgement of the peer's; also for the second time and later.</summary>
    internal void SendSyn()
    {
        TcpFlags flags = State == TcpState.SynSent
            ? TcpFlags.Syn | (layer.Settings.Ecn ? TcpFlags.EcnEcho | TcpFlags.WindowReduced : 0)
            : TcpFlags.Syn | TcpFlags.Ack | (sender.IsEcnCapable ? TcpFlags.EcnEcho : 0);
        layer.SendSegment(Ends, new TcpFields(initial, receiver?.Next ?? default, flags, TcpReceiver.Window, (ushort)layer.SegmentLimit), 0);
    }

    /// <summary>Where the payload of the next segment is to be written.</summary>
    internal Span<byte> PayloadRoom(int length) => layer.PayloadRoom(length);

    /// <param name="mayBeMarked">Of new data on a connection that speaks ECN.</param>
    internal void SendSegment(SequenceNumber start, TcpFlags flags, int length, bool mayBeMarked = false) => layer.SendSegment(
        Ends, new TcpFields(start, receiver!.Next, flags | (receiver.SawMark ? TcpFlags.EcnEcho : 0), TcpReceiver.Window, null), length, mayBeMarked);

    internal void Receive(in TcpSegment segment)
    {
        if (State == TcpState.SynSent)
        {
            ReceiveInSynSent(segment);
            return;
        }
        if (!receiver!.Accepts(segment.Fields.Sequence, segment.Length))
        {
            if (!segment.Fields.Has(TcpFlags.Reset))
            {
                SendAcknowledgement();
                if (State == TcpState.TimeWait)
                {
                    Timer.ArmAfter(TimeWaitSpan);
                }
            }
            return;
        }
        if (segment.Fields.Has(TcpFlags.Reset))
        {
            ReceiveReset(segment.Fields.Sequence);
            return;
        }
        if (segment.Fields.Has(TcpFlags.Syn))
        {
            SendAcknowledgement();
            return;
        }
        if (segment.Fields.Has(TcpFlags.Ack) && TakeAcknowledgement(segment))
        {
            TakePayload(segment);
        }
    }

    private void ReceiveInSynSent(in TcpSegment segment)
    {
        TcpFields fields = segment.Fields;
        if (fields.Has(TcpFlags.Ack) && fields.Acknowledgement != sender.Next)
        {
            layer.Refuse(segment);
        }
        else if (fields.Has(TcpFlags.Reset))
        {
            if (fields.Has(TcpFlags.Ack))
            {
                End(TcpEnd.Reset);
            }
        }
        else if (fields.Has(TcpFlags.Syn))
        {
            TakeSyn(segment);
            if (!fields.Has(TcpFlags.Ack))
            {
                State = TcpState.SynReceived;
                SendSyn();
                return;
            }
            State = TcpState.Established;
            sender.SynAcknowledged(fields);
            SendAcknowledgement();
            sender.Transmit();
            handler.Connected(this);
        }
    }

    private void TakeSyn(in TcpSegment syn)
    {
        receiver = new TcpReceiver(syn.Fields.Sequence + 1);
        TcpFlags asked = syn.Fields.Flags & (TcpFlags.EcnEcho | TcpFlags.WindowReduced);
        sender.IsEcnCapable = layer.Settings.Ecn
            && asked == (syn.Fields.Has(TcpFlags.Ack) ? TcpFlags.EcnEcho : TcpFlags.EcnEcho | TcpFlags.WindowReduced);
        sender.LimitSegment(syn.Fields.MaximumSegment ?? TcpLayer.DefaultSegmentLimit);
    }

    /// <summary>Only a reset exactly in place counts; another one in the window is asked about (RFC 5961 §3.2).</summary>
    private void ReceiveReset(SequenceNumber sequence)
    {
        if (sequence == receiver!.Next)
        {
            End(TcpEnd.Reset);
        }
        else
        {
            SendAcknowledgement();
        }
    }

    /// <summary>The acknowledgement's part of a segment; false when that is the end of the segment, and perhaps of the connection.</summary>
    private bool TakeAcknowledgement(in TcpSegment segment)
    {
        TcpFields fields = segment.Fields;
        if (sender.Unacknowledged == initial)
        {
            if (fields.Acknowledgement <= initial || fields.Acknowledgement > sender.Next)
            {
                layer.Refuse(segment);
                return false;
            }
            sender.SynAcknowledged(fields);
            if (State == TcpState.SynReceived)
            {
                State = TcpState.Established;
                handler.Connected(this);
            }
        }
        if (State == TcpState.Closed)
        {
            return false;
        }
        if (!sender.Acknowledge(fields, segment.Length))
        {
            SendAcknowledgement();
            return false;
        }
        if (sender.FinAcknowledged)
        {
            switch (State)
            {
                case TcpState.FinWait1:
                    State = TcpState.FinWait2;
                    break;
                case TcpState.Closing:
                    LingerInTimeWait();
                    break;
                case TcpState.LastAck:
                    End(TcpEnd.Closed);
                    return false;
            }
        }
        return State != TcpState.Closed;
    }

    private void TakePayload(in TcpSegment segment)
    {
        if (segment.Length == 0 || State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return;
        }
        if (sender.IsEcnCapable)
        {
            receiver!.TakeMark(segment.IsMarked, segment.Fields.Has(TcpFlags.WindowReduced));
        }
        receiver!.Take(segment.Fields.Sequence, segment.Payload, segment.Fields.Has(TcpFlags.Fin));
        SendAcknowledgement();
        ReadOnlySpan<byte> octets = receiver.TakeInbox();
        if (!octets.IsEmpty)
        {
            handler.Received(this, octets);
        }
        if (receiver.FinReached && State != TcpState.Closed)
        {
            TakeFin();
        }
    }

    private void TakeFin()
    {
        switch (State)
        {
            case TcpState.Established:
                State = TcpState.CloseWait;
                handler.PeerClosed(this);
                break;
            case TcpState.FinWait1:
                State = TcpState.Closing;
                handler.PeerClosed(this);
                break;
            case TcpState.FinWait2:
                handler.PeerClosed(this);
                LingerInTimeWait();
                break;
        }
    }

    private void LingerInTimeWait()
    {
        State = TcpState.TimeWait;
        Timer.ArmAfter(TimeWaitSpan);
        Tell(TcpEnd.Closed);
    }

    private void OnTimer()
    {
        if (State == TcpState.TimeWait)
        {
            End(TcpEnd.Closed);
        }
        else if (!sender.Expired())
        {
            End(TcpEnd.TimedOut);
        }
    }

    private void CheckOpen()
    {
        if (State is not (TcpState.SynSent or TcpState.SynReceived or TcpState.Established or TcpState.CloseWait))
        {
            throw new InvalidOperationException($"nothing can be sent on a connection in state {State}");
        }
    }

    private void SendAcknowledgement() => SendSegment(sender.Next, TcpFlags.Ack, 0);

    private void End(TcpEnd end)
    {
        if (State == TcpState.Closed)
        {
            return;
        }
        State = TcpState.Closed;
        Timer.Remove();
        layer.Remove(this);
        Tell(end);
    }

    private void Tell(TcpEnd end)
    {
        if (!ended)
        {
            ended = true;
            handler.Ended(this, end);
        }
    }
}
