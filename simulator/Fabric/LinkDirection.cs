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
/// a frame touches is one line of the cache, the <see cref="LinkLine"/>, and nobody looks at this object.
/// </remarks>
public class LinkDirection
{
    private readonly LinkQueue queue;
    private readonly LineArray<LinkLine> lines;
    private readonly int index;
    private QueueSeries? lengths;

    /// <param name="link">What it is like.</param>
    /// <param name="watched">Whether the queue's length is known also when nothing depends on it.</param>
    public LinkDirection(LinkSpec link, bool watched = true)
        : this(link, watched, new LineArray<LinkLine>(1), 0)
    {
    }

    /// <param name="link">What it is like.</param>
    /// <param name="watched">Whether the queue's length is known also when nothing depends on it.</param>
    /// <param name="lines">Those of all links of a fabric.</param>
    /// <param name="index">Its own.</param>
    internal LinkDirection(LinkSpec link, bool watched, LineArray<LinkLine> lines, int index)
    {
        queue = new LinkQueue(link, watched);
        this.lines = lines;
        this.index = index;
        Line.Delay = link.Delay;
        NoteAsking();
    }

    public LinkSpec Spec => queue.Spec;

    /// <summary>Grows by one whenever the link goes down: what was on it then is lost, also when the link is back in no time.</summary>
    public int Epoch => Line.Epoch;

    public bool IsDown => queue.IsDown;

    /// <summary>Frames taken so far.</summary>
    public long Frames => Line.Frames;

    /// <summary>Their bytes.</summary>
    public long Bytes => Line.Bytes;

    /// <summary>Frames refused so far because the queue was full.</summary>
    public long Dropped => queue.Dropped;

    /// <summary>Frames so far that found a queue long enough to be marked.</summary>
    public long Marked => queue.Marked;

    /// <summary>All taken frames' times in the queue: the integral of its length in frames over time (Little).</summary>
    public SimTime Waited => Line.Waited;

    /// <summary>The most frames a frame found waiting before it; 0 when the queue is not watched.</summary>
    public int LongestQueue => queue.Longest;

    /// <summary>Keeps the queue's length over time, in metered runs: told of the frames that wait, and of no other.</summary>
    public QueueSeries? Lengths
    {
        get => lengths;
        set
        {
            lengths = value;
            NoteAsking();
        }
    }

    /// <summary>Told of every frame: holds the queue to laws in audited runs.</summary>
    public IQueueWitness? Witness
    {
        get => queue.Witness;
        set
        {
            queue.Witness = value;
            NoteAsking();
        }
    }

    internal ref LinkLine Line => ref lines[index];

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
        ref LinkLine line = ref Line;
        SimTime start = line.BusyUntil > now ? line.BusyUntil : now;
        if (!queue.IsAsked)
        {
            arrival = Send(ref line, now, start, bytes);
            return true;
        }
        if (!queue.TryTake(now, line.BusyUntil, bytes, out waiting, out mark))
        {
            arrival = SimTime.Never;
            return false;
        }
        arrival = Send(ref line, now, start, bytes);
        queue.Witness?.Took(now, line.LastTime, start, queue.IsKept ? waiting : -1);
        return true;
    }

    /// <summary>What is in the queue and on the wire is lost.</summary>
    public void GoDown(SimTime now)
    {
        queue.GoDown(now);
        Lengths?.Emptied(now);
        Line.Epoch++;
        Line.BusyUntil = SimTime.Zero;
        NoteAsking();
    }

    public void ComeUp()
    {
        queue.ComeUp();
        NoteAsking();
    }

    private SimTime Send(ref LinkLine line, SimTime now, SimTime start, int bytes)
    {
        if (start > now)
        {
            lengths?.Waits(now, start);
        }
        if (bytes != line.LastBytes)
        {
            line.LastTime = Spec.Rate.TimeFor(bytes);
            line.LastBytes = bytes;
        }
        return line.Send(now);
    }

    /// <summary>Its queue decides, or is watched, or it is down: a frame may not pass by.</summary>
    private void NoteAsking() => Line.AsksQueue = queue.IsAsked || lengths is not null;
}
