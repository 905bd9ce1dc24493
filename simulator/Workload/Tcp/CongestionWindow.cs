using MizarLab.Engine;

namespace MizarLab.Workload.Tcp;

/// <summary>
/// What a sender may have in flight: slow start, congestion avoidance by one of the algorithms, and fast recovery, in which every duplicate
/// acknowledgement stands for a segment that has left the network and lets another in (RFC 5681, RFC 6582). Octets.
/// </summary>
internal sealed class CongestionWindow(TcpSettings settings, int segment)
{
    private const int DuplicatesForLoss = 3;

    private readonly ICongestionAlgorithm algorithm = settings.Congestion == CongestionKind.Cubic ? new Cubic() : new NewReno();
    private double window = (double)settings.InitialWindow * segment;
    private int segment = segment;
    private bool recovering;

    /// <summary>At most so many octets in flight.</summary>
    public int Bytes => (int)Math.Min(int.MaxValue / 2, window);

    /// <summary>Below it the window grows by a segment an acknowledgement.</summary>
    public double SlowStartThreshold { get; private set; } = double.PositiveInfinity;

    /// <summary>Windows shrunk so far, of whatever cause.</summary>
    public int Reductions { get; private set; }

    /// <summary>The peer, or the path, takes smaller segments than was thought; the window is still as many of them until the first was acknowledged.</summary>
    public void UseSegments(int bytes)
    {
        if (Reductions == 0 && double.IsPositiveInfinity(SlowStartThreshold))
        {
            window = Math.Min(window, (double)settings.InitialWindow * bytes);
        }
        segment = bytes;
    }

    /// <summary>New octets were acknowledged.</summary>
    /// <param name="wasFull">Whether the sender used the whole window: one that it does not use tells nothing about the path (RFC 7661).</param>
    public void Acknowledged(int octets, bool wasFull, SimTime now, SimTime roundTrip)
    {
        if (!wasFull)
        {
            return;
        }
        window = window < SlowStartThreshold
            ? window + Math.Min(octets, segment)
            : algorithm.Grow(window, segment, octets, now, roundTrip);
    }

    /// <summary>Three duplicates: a segment is lost.</summary>
    public void Lost(int inFlight)
    {
        Shrink(inFlight);
        window = SlowStartThreshold + (DuplicatesForLoss * segment);
        recovering = true;
    }

    /// <summary>One more duplicate while recovering.</summary>
    public void Duplicate() => window += recovering ? segment : 0;

    /// <summary>While recovering a part of what was in flight at the loss was acknowledged.</summary>
    public void PartlyAcknowledged(int octets)
    {
        if (recovering)
        {
            window = Math.Max(segment, window - octets + (octets >= segment ? segment : 0));
        }
    }

    /// <summary>All that was in flight at the loss is acknowledged.</summary>
    public void Recovered(int inFlight)
    {
        if (recovering)
        {
            // Not more than a segment beyond what is in flight, or a burst follows (RFC 6582 §3.2 step 3).
            window = Math.Min(SlowStartThreshold, Math.Max(inFlight, segment) + segment);
            recovering = false;
        }
    }

    /// <summary>The peer echoes a mark of congestion: as after a loss, but nothing is to be sent again.</summary>
    public void Echoed(int inFlight)
    {
        Shrink(inFlight);
        window = SlowStartThreshold;
    }

    /// <summary>Nothing came back for so long that all is lost: slow start from one segment.</summary>
    /// <param name="again">Not the first time for this segment: then the threshold stays (RFC 5681 §3.1).</param>
    public void TimedOut(int inFlight, bool again)
    {
        if (!again)
        {
            Shrink(inFlight);
        }
        algorithm.TimedOut();
        window = segment;
        recovering = false;
    }

    private void Shrink(int inFlight)
    {
        Reductions++;
        SlowStartThreshold = Math.Max(algorithm.Shrink(window, segment, inFlight), 2.0 * segment);
    }
}
