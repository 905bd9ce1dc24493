using System.Runtime.CompilerServices;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// One direction of a link: a drop-tail queue in frames and bytes, then a transmitter that puts one frame after another on the wire, then
/// the wire's delay. A frame's bytes are those of <c>Frame.Length</c>: no preamble, gap or check sequence.
/// </summary>
/// <remarks>
/// Nothing happens when a frame leaves the queue, so there is no event for it: when each frame will begin to be sent is known the
/// moment it is queued, and those times are all the queue is. A queue without any limit does not even keep these, unless it is told to; then all that
/// a frame touches are the fields here, two cache lines.
/// </remarks>
public class LinkDirection
{
    private readonly LinkQueue queue;
    private readonly SimTime delay;
    private SimTime busyUntil = SimTime.Zero;

    /// <summary>How long the last frame took: most are as long as the one before.</summary>
    private SimTime lastTime = SimTime.Zero;
    private SimTime waited = SimTime.Zero;
    private int lastBytes;

    /// <summary>Its queue decides, or is watched, or it is down.</summary>
    private bool asksQueue;

    /// <param name="link">What it is like.</param>
    /// <param name="watched">Whether the queue's length is known also when nothing depends on it.</param>
    public LinkDirection(LinkSpec link, bool watched = true)
    {
        queue = new LinkQueue(link, watched);
        delay = link.Delay;
        asksQueue = queue.IsAsked;
    }

    public LinkSpec Spec => queue.Spec;

    /// <summary>Grows by one whenever the link goes down: what was on it then is lost, also when the link is back in no time.</summary>
    public int Epoch { get; private set; }

    public bool IsDown => queue.IsDown;

    /// <summary>Frames taken so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Frames refused so far because the queue was full.</summary>
    public long Dropped => queue.Dropped;

    /// <summary>Frames so far that found a queue long enough to be marked.</summary>
    public long Marked => queue.Marked;

    /// <summary>All taken frames' times in the queue: the integral of its length in frames over time (Little).</summary>
    public SimTime Waited => waited;

    /// <summary>The most frames a frame found waiting before it; 0 when the queue is not watched.</summary>
    public int LongestQueue => queue.Longest;

    /// <summary>Keeps the queue's length over time, in metered runs: told of the frames that wait, and of no other.</summary>
    public QueueSeries? Lengths { get; set; }

    /// <summary>Told of every frame: holds the queue to laws in audited runs.</summary>
    public IQueueWitness? Witness
    {
        get => queue.Witness;
        set
        {
            queue.Witness = value;
            asksQueue = queue.IsAsked;
        }
    }

    /// <summary>Queues a frame of <paramref name="bytes"/> bytes; times of successive calls never decrease.</summary>
    /// <param name="now">When the frame comes.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="arrival">When its last bit is at the other end.</param>
    /// <param name="waiting">Frames waiting before it; the one being sent does not wait any more.</param>
    /// <returns>False when the link is down or the queue is full: the frame is lost.</returns>
    public bool TrySend(SimTime now, int bytes, out SimTime arrival, out int waiting) => TrySend(now, bytes, out arrival, out waiting, out _);

    /// <inheritdoc cref="TrySend(SimTime, int, out SimTime, out int)"/>
    /// <param name="mark">Whether the queue is so long that the frame is to be marked.</param>
    public bool TrySend(SimTime now, int bytes, out SimTime arrival, out int waiting, out bool mark)
    {
        waiting = 0;
        mark = false;
        if (!asksQueue)
        {
            arrival = Send(now, bytes);
            return true;
        }
        if (!queue.TryTake(now, busyUntil, bytes, out waiting, out mark))
        {
            arrival = SimTime.Never;
            return false;
        }
        SimTime start = busyUntil > now ? busyUntil : now;
        arrival = Send(now, bytes);
        queue.Witness?.Took(now, lastTime, start, queue.IsKept ? waiting : -1);
        return true;
    }

    /// <summary>Whether <see cref="TrySend(SimTime, int, out SimTime, out int, out bool)"/> has more to say than when the frame arrives; else <see cref="Send"/> does.</summary>
    protected bool AsksQueue => asksQueue;

    /// <summary>Sends a frame when the transmitter is free; nobody asks the queue.</summary>
    /// <returns>When its last bit is at the other end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected SimTime Send(SimTime now, int bytes)
    {
        SimTime start = now;
        if (busyUntil > now)
        {
            start = busyUntil;
            waited += start - now;
            Lengths?.Waits(now, start);
        }
        if (bytes != lastBytes)
        {
            lastTime = queue.Spec.Rate.TimeFor(bytes);
            lastBytes = bytes;
        }
        busyUntil = start + lastTime;
        Frames++;
        Bytes += bytes;
        return busyUntil + delay;
    }

    /// <summary>What is in the queue and on the wire is lost.</summary>
    public void GoDown(SimTime now)
    {
        queue.GoDown(now);
        Lengths?.Emptied(now);
        Epoch++;
        asksQueue = true;
        busyUntil = SimTime.Zero;
    }

    public void ComeUp()
    {
        queue.ComeUp();
        asksQueue = queue.IsAsked;
    }
}
