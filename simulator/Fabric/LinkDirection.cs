using System.Runtime.CompilerServices;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// One direction of a link: a drop-tail queue in frames and bytes, then a transmitter that puts one frame after another on the wire, then
/// the wire's delay. A frame's bytes are those of <c>Frame.Length</c>: no preamble, gap or check sequence.
/// </summary>
/// <remarks>
/// Nothing happens when a frame leaves the queue, so there is no event for it: when each frame will begin to be sent is known the
/// moment it is queued, and those times are all the queue is. A queue without any limit does not even keep these, unless it is told to.
/// </remarks>
public class LinkDirection
{
    private readonly DataRate rate;
    private readonly SimTime delay;
    private readonly bool watched;
    private SimTime busyUntil = SimTime.Zero;

    /// <summary>How long the last frame took: most are as long as the one before.</summary>
    private SimTime lastTime = SimTime.Zero;
    private int lastBytes;
    private Waiting[] queue = [];
    private int first;
    private int count;
    private int waitingBytes;

    /// <param name="link">What it is like.</param>
    /// <param name="watched">Whether the queue's length is known also when nothing depends on it.</param>
    public LinkDirection(LinkSpec link, bool watched = true)
    {
        Spec = link;
        rate = link.Rate;
        delay = link.Delay;
        this.watched = watched || link.QueueFrames != LinkSpec.NoLimit || link.QueueBytes > 0 || link.MarkFrames > 0 || link.MarkBytes > 0;
        if (this.watched)
        {
            queue = new Waiting[16];
        }
    }

    public LinkSpec Spec { get; }

    /// <summary>Grows by one whenever the link goes down: what was on it then is lost, also when the link is back in no time.</summary>
    public int Epoch { get; private set; }

    public bool IsDown { get; private set; }

    /// <summary>Frames taken so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Frames refused so far because the queue was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Frames so far that found a queue long enough to be marked.</summary>
    public long Marked { get; private set; }

    /// <summary>All taken frames' times in the queue: the integral of its length in frames over time (Little).</summary>
    public SimTime Waited { get; private set; } = SimTime.Zero;

    /// <summary>The most frames a frame found waiting before it; 0 when the queue is not watched.</summary>
    public int LongestQueue { get; private set; }

    /// <summary>Told of every frame: holds the queue to laws in audited runs.</summary>
    public IQueueWitness? Witness { get; set; }

    /// <summary>Queues a frame of <paramref name="bytes"/> bytes; times of successive calls never decrease.</summary>
    /// <param name="now">When the frame comes.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="arrival">When its last bit is at the other end.</param>
    /// <param name="waiting">Frames waiting before it; the one being sent does not wait any more.</param>
    /// <returns>False when the link is down or the queue is full: the frame is lost.</returns>
    public bool TrySend(SimTime now, int bytes, out SimTime arrival, out int waiting) => TrySend(now, bytes, out arrival, out waiting, out _);

    /// <inheritdoc cref="TrySend(SimTime, int, out SimTime, out int)"/>
    /// <param name="mark">Whether the queue is so long that the frame is to be marked.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(SimTime now, int bytes, out SimTime arrival, out int waiting, out bool mark)
    {
        waiting = 0;
        mark = false;
        if (watched || IsDown)
        {
            if (!TryQueue(now, bytes, out waiting, out mark))
            {
                arrival = SimTime.Never;
                return false;
            }
        }
        SimTime start = now;
        if (busyUntil > now)
        {
            start = busyUntil;
            Waited += start - now;
        }
        if (bytes != lastBytes)
        {
            lastTime = rate.TimeFor(bytes);
            lastBytes = bytes;
        }
        busyUntil = start + lastTime;
        arrival = busyUntil + delay;
        Frames++;
        Bytes += bytes;
        Witness?.Took(now, lastTime, start, watched ? waiting : -1);
        return true;
    }

    /// <summary>What is in the queue and on the wire is lost.</summary>
    public void GoDown(SimTime now)
    {
        Witness?.Emptied(now);
        IsDown = true;
        Epoch++;
        count = 0;
        waitingBytes = 0;
        busyUntil = SimTime.Zero;
    }

    public void ComeUp() => IsDown = false;

    private bool TryQueue(SimTime now, int bytes, out int waiting, out bool mark)
    {
        while (count > 0 && queue[first].Start <= now)
        {
            waitingBytes -= queue[first].Bytes;
            first = (first + 1) & (queue.Length - 1);
            count--;
        }
        waiting = count;
        mark = (Spec.MarkFrames > 0 && count >= Spec.MarkFrames) || (Spec.MarkBytes > 0 && waitingBytes >= Spec.MarkBytes);
        if (IsDown)
        {
            return false;
        }
        LongestQueue = Math.Max(LongestQueue, waiting);
        if (busyUntil > now)
        {
            if (count >= Spec.QueueFrames || (Spec.QueueBytes > 0 && waitingBytes + bytes > Spec.QueueBytes))
            {
                Dropped++;
                Witness?.Refused(now);
                return false;
            }
            Remember(busyUntil, bytes);
        }
        Marked += mark ? 1 : 0;
        return true;
    }

    private void Remember(SimTime start, int bytes)
    {
        if (count == queue.Length)
        {
            Waiting[] larger = new Waiting[queue.Length * 2];
            for (int i = 0; i < count; i++)
            {
                larger[i] = queue[(first + i) & (queue.Length - 1)];
            }
            queue = larger;
            first = 0;
        }
        queue[(first + count++) & (queue.Length - 1)] = new Waiting(start, bytes);
        waitingBytes += bytes;
    }

    private readonly record struct Waiting(SimTime Start, int Bytes);
}
