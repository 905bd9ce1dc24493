using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// One direction of a link: a drop-tail queue in frames, then a transmitter that puts one frame after another on the wire, then
/// the wire's delay. A frame's bytes are those of <c>Frame.Length</c>: no preamble, gap or check sequence.
/// </summary>
/// <remarks>
/// Nothing happens when a frame leaves the queue, so there is no event for it: when each frame will begin to be sent is known the
/// moment it is queued, and those times are all the queue is.
/// </remarks>
public sealed class LinkDirection(LinkSpec link)
{
    private SimTime[] starts = new SimTime[16];
    private int first;
    private int count;
    private SimTime busyUntil = SimTime.Zero;

    /// <summary>Grows by one whenever the link goes down: what was on it then is lost, also when the link is back in no time.</summary>
    public int Epoch { get; private set; }

    public bool IsDown { get; private set; }

    /// <summary>Queues a frame of <paramref name="bytes"/> bytes; times of successive calls never decrease.</summary>
    /// <param name="now">When the frame comes.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="arrival">When its last bit is at the other end.</param>
    /// <param name="waiting">Frames waiting before it; the one being sent does not wait any more.</param>
    /// <returns>False when the link is down or <see cref="LinkSpec.QueueFrames"/> frames are waiting: the frame is lost.</returns>
    public bool TrySend(SimTime now, int bytes, out SimTime arrival, out int waiting)
    {
        while (count > 0 && starts[first] <= now)
        {
            first = (first + 1) % starts.Length;
            count--;
        }
        waiting = count;
        arrival = SimTime.Never;
        bool mustWait = busyUntil > now;
        if (IsDown || (mustWait && count >= link.QueueFrames))
        {
            return false;
        }
        SimTime start = mustWait ? busyUntil : now;
        if (mustWait)
        {
            Remember(start);
        }
        busyUntil = start + link.Rate.TimeFor(bytes);
        arrival = busyUntil + link.Delay;
        return true;
    }

    public void GoDown()
    {
        IsDown = true;
        Epoch++;
        count = 0;
        busyUntil = SimTime.Zero;
    }

    public void ComeUp() => IsDown = false;

    private void Remember(SimTime start)
    {
        if (count == starts.Length)
        {
            SimTime[] larger = new SimTime[starts.Length * 2];
            for (int i = 0; i < count; i++)
            {
                larger[i] = starts[(first + i) % starts.Length];
            }
            starts = larger;
            first = 0;
        }
        starts[(first + count++) % starts.Length] = start;
    }
}
