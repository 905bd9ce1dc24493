using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload.Tcp;

/// <summary>
/// The sending half of a connection: what was written, what of it was sent, what was acknowledged, and when to send again.
/// </summary>
/// <remarks>
/// Every write is sent at once as far as the peer's window and the <see cref="CongestionWindow"/> allow (no Nagle). After three duplicate acknowledgements the
/// first unacknowledged segment is sent again, and until everything that was in flight then is acknowledged, so is every later one that a partial
/// acknowledgement shows to be missing (RFC 6582). After a timeout everything is sent again in slow start, but for what acknowledgements skip.
/// </remarks>
internal sealed class TcpSender
{
    private const int DuplicatesForLoss = 3;

    /// <summary>Expiries in a row before the connection is given up; Linux's tcp_retries2, and for SYN its tcp_syn_retries.</summary>
    private const int DataRetries = 15;
    private const int SynRetries = 6;

    private readonly TcpConnection connection;
    private readonly SequenceNumber initial;
    private readonly SendBuffer buffer = new();
    private RetransmissionTimeout timeout;
    private SequenceNumber windowSequence;
    private SequenceNumber windowAcknowledgement;
    private readonly CongestionWindow congestion;
    private SequenceNumber? recoverTo;

    /// <summary>After a timeout: where sending again has come to; null when everything is sent again.</summary>
    private SequenceNumber? resendAt;
    private bool afterTimeout;

    /// <summary>What was in flight at the last reduction by an echoed mark: until it is acknowledged, further echoes are of the same congestion.</summary>
    private SequenceNumber? echoedTo;
    private bool tellsReduction;
    private SequenceNumber? timedSequence;
    private SimTime timedSince;
    private int window;
    private int duplicates;
    private int retries;
    private bool finQueued;

    public TcpSender(TcpConnection connection, SequenceNumber initial, int segmentLimit, TcpSettings settings)
    {
        congestion = new CongestionWindow(settings, segmentLimit);
        timeout = new RetransmissionTimeout(settings.MinimumTimeout);
        this.connection = connection;
        this.initial = initial;
        Unacknowledged = initial;
        Next = initial;
        SegmentLimit = segmentLimit;
    }

    /// <summary>The first octet not acknowledged.</summary>
    public SequenceNumber Unacknowledged { get; private set; }

    /// <summary>The next octet to send.</summary>
    public SequenceNumber Next { get; private set; }

    /// <summary>Largest payload of a segment.</summary>
    public int SegmentLimit { get; private set; }

    /// <summary>Segments sent again.</summary>
    public int Retransmissions { get; private set; }

    /// <summary>Timeouts of data so far.</summary>
    public int Timeouts { get; private set; }

    /// <summary>Timeouts so far of whatever was in flight, the SYN too.</summary>
    public int Expiries { get; private set; }

    public CongestionWindow Congestion => congestion;

    /// <summary>Octets written and not acknowledged.</summary>
    public int Buffered => buffer.Count;

    /// <summary>Both sides speak ECN: segments of new data may be marked instead of dropped.</summary>
    public bool IsEcnCapable { get; set; }

    public bool AllAcknowledged => Unacknowledged == Next && buffer.Count == 0;

    /// <summary>Our FIN was sent and acknowledged.</summary>
    public bool FinAcknowledged { get; private set; }

    private bool FinSent { get; set; }

    private int InFlight => Next - Unacknowledged;

    /// <summary>Payload octets in flight: sequence space without the FIN, which is in no buffer.</summary>
    private int DataInFlight => InFlight - (FinSent && !FinAcknowledged ? 1 : 0);

    public void LimitSegment(int peersMaximum)
    {
        SegmentLimit = Math.Min(SegmentLimit, peersMaximum);
        congestion.UseSegments(SegmentLimit);
    }

    /// <summary>Segments were too long for the path: what is in flight is sent again in smaller ones, from the first on.</summary>
    public void PathNarrowed(int segmentBytes)
    {
        if (segmentBytes < SegmentLimit)
        {
            SegmentLimit = segmentBytes;
            congestion.UseSegments(SegmentLimit);
            if (DataInFlight > 0)
            {
                recoverTo = Next;
                SendFirstAgain();
            }
        }
    }

    /// <summary>The SYN is sent: it takes one sequence number and is timed like data.</summary>
    public void SynSent()
    {
        Next = initial + 1;
        StartTiming(initial);
        connection.Timer.ArmAfter(timeout.Current);
    }

    /// <summary>The peer's first acknowledgement: the SYN is over, the window known.</summary>
    public void SynAcknowledged(in TcpFields fields)
    {
        if (timedSequence is not null)
        {
            timeout.Sample(connection.Now - timedSince);
            timedSequence = null;
        }
        retries = 0;
        Unacknowledged = initial + 1;
        TakeWindow(fields);
        connection.Timer.Cancel();
    }

    public void Write(ReadOnlySpan<byte> octets)
    {
        buffer.Append(octets);
        Transmit();
    }

    public void WriteZeros(int octets)
    {
        buffer.AppendZeros(octets);
        Transmit();
    }

    public void QueueFin()
    {
        finQueued = true;
        Transmit();
    }

    /// <summary>Sends whatever may be sent now.</summary>
    public void Transmit()
    {
        Resend();
        // The first two duplicates let a segment out each (RFC 3042): with few in flight there would never be a third.
        int early = recoverTo is null ? Math.Min(duplicates, DuplicatesForLoss - 1) * SegmentLimit : 0;
        while (resendAt is null)
        {
            int unsent = buffer.Count - DataInFlight;
            int room = window - InFlight;
            // A congestion window has room for whole segments: what it holds beside them is kept for later, or small ones would go out for ever.
            if (InFlight > 0 && congestion.Bytes + early - InFlight < Math.Min(unsent, SegmentLimit))
            {
                break;
            }
            int length = Math.Min(Math.Min(unsent, SegmentLimit), room);
            bool fin = finQueued && !FinSent && room > 0 && length == unsent;
            if (length <= 0 && !fin)
            {
                break;
            }
            SequenceNumber start = Next;
            Emit(start, length, fin, isNew: true);
            FinSent |= fin;
            Next += length + (fin ? 1 : 0);
            StartTiming(start);
        }
        ArmIfIdle();
    }

    /// <summary>Takes in an acceptable acknowledgement and window; false when it acknowledges what was never sent.</summary>
    public bool Acknowledge(in TcpFields fields, int segmentLength)
    {
        SequenceNumber ack = fields.Acknowledgement;
        if (ack > Next)
        {
            return false;
        }
        if (fields.Window == 0)
        {
            retries = 0; // A peer that says its window is shut is alive, however long it stays shut.
        }
        TakeEcho(fields, ack);
        if (ack > Unacknowledged)
        {
            Advance(ack);
        }
        else if (ack == Unacknowledged && segmentLength == 0 && fields.Window == window && InFlight > 0)
        {
            TakeDuplicate();
        }
        if (windowSequence < fields.Sequence || (windowSequence == fields.Sequence && windowAcknowledgement <= ack))
        {
            TakeWindow(fields);
        }
        Transmit();
        return true;
    }

    /// <summary>The timer expired. False when it did so too often.</summary>
    public bool Expired()
    {
        if (InFlight == 0)
        {
            // The peer's window is shut: one octet asks whether it still is (RFC 9293 §3.8.6.1).
            Emit(Next, Math.Min(1, buffer.Count), fin: finQueued && buffer.Count == 0);
            FinSent |= finQueued && buffer.Count == 0;
            Next += 1;
        }
        else
        {
            Expiries++;
            bool handshake = Unacknowledged == initial;
            if (++retries > (handshake ? SynRetries : DataRetries))
            {
                return false;
            }
            if (!handshake)
            {
                Timeouts++;
                congestion.TimedOut(DataInFlight, again: retries > 1);
                afterTimeout = true;
                resendAt = Unacknowledged + Math.Min(DataInFlight, SegmentLimit);
            }
            recoverTo = Next;
            SendFirstAgain();
        }
        timeout.BackOff();
        connection.Timer.ArmAfter(timeout.Current);
        return true;
    }

    private void Advance(SequenceNumber ack)
    {
        if (timedSequence is { } timed && ack > timed)
        {
            timeout.Sample(connection.Now - timedSince);
            timedSequence = null;
        }
        else
        {
            timeout.Recompute();
        }
        FinAcknowledged |= FinSent && ack == Next;
        int octets = ack - Unacknowledged;
        bool wasFull = InFlight + SegmentLimit > congestion.Bytes;
        buffer.Drop(Math.Min(octets, buffer.Count));
        Unacknowledged = ack;
        retries = 0;
        duplicates = 0;
        connection.Timer.Cancel();
        if (recoverTo is { } end && ack >= end)
        {
            recoverTo = null;
            resendAt = null;
            afterTimeout = false;
            congestion.Recovered(DataInFlight);
        }
        else if (recoverTo is not null && !afterTimeout)
        {
            congestion.PartlyAcknowledged(octets);
            SendFirstAgain();
        }
        else
        {
            congestion.Acknowledged(octets, wasFull, connection.Now, timeout.RoundTrip);
        }
        ArmIfIdle();
    }

    private void TakeDuplicate()
    {
        duplicates++;
        if (recoverTo is not null)
        {
            congestion.Duplicate();
        }
        else if (duplicates == DuplicatesForLoss)
        {
            congestion.Lost(DataInFlight);
            recoverTo = Next;
            SendFirstAgain();
        }
    }

    /// <summary>A mark that the peer echoes shrinks the window once a round trip, and the next new segment says that it did (RFC 3168 §6.1.2).</summary>
    private void TakeEcho(in TcpFields fields, SequenceNumber ack)
    {
        if (IsEcnCapable && fields.Has(TcpFlags.EcnEcho) && recoverTo is null && (echoedTo is not { } before || ack > before))
        {
            congestion.Echoed(DataInFlight);
            echoedTo = Next;
            tellsReduction = true;
        }
    }

    /// <summary>After a timeout: what was in flight is sent again as the window grows, before anything new.</summary>
    private void Resend()
    {
        while (resendAt is { } at)
        {
            if (at < Unacknowledged)
            {
                at = Unacknowledged;
            }
            int offset = at - Unacknowledged;
            int length = Math.Min(DataInFlight - offset, SegmentLimit);
            if (length <= 0)
            {
                resendAt = null;
                return;
            }
            if (offset + length > Math.Min(window, congestion.Bytes))
            {
                resendAt = at;
                return;
            }
            Retransmissions++;
            Emit(at, length, fin: FinSent && offset + length == DataInFlight);
            resendAt = at + length;
        }
    }

    private void SendFirstAgain()
    {
        Retransmissions++;
        timedSequence = null;
        if (Unacknowledged == initial)
        {
            connection.SendSyn();
            return;
        }
        int length = Math.Min(DataInFlight, SegmentLimit);
        Emit(Unacknowledged, length, fin: FinSent && length == DataInFlight);
    }

    private void Emit(SequenceNumber start, int length, bool fin, bool isNew = false)
    {
        Span<byte> payload = connection.PayloadRoom(length);
        buffer.CopyTo(start - Unacknowledged, payload);
        bool last = start + length - Unacknowledged == buffer.Count;
        TcpFlags flags = TcpFlags.Ack | (fin ? TcpFlags.Fin : 0) | (length > 0 && last ? TcpFlags.Push : 0);
        if (isNew && length > 0 && tellsReduction)
        {
            flags |= TcpFlags.WindowReduced;
            tellsReduction = false;
        }
        connection.SendSegment(start, flags, length, mayBeMarked: IsEcnCapable && isNew && length > 0);
    }

    private void TakeWindow(in TcpFields fields)
    {
        window = fields.Window;
        windowSequence = fields.Sequence;
        windowAcknowledgement = fields.Acknowledgement;
    }

    private void StartTiming(SequenceNumber sequence)
    {
        if (timedSequence is null && recoverTo is null)
        {
            timedSequence = sequence;
            timedSince = connection.Now;
        }
    }

    private void ArmIfIdle()
    {
        bool waiting = buffer.Count > DataInFlight || (finQueued && !FinSent);
        if (!connection.Timer.IsArmed && (InFlight > 0 || waiting))
        {
            connection.Timer.ArmAfter(timeout.Current);
        }
    }
}
