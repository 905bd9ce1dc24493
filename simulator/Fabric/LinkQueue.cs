using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>What a link's queue is when something depends on its length: when each waiting frame begins to be sent, and its bytes.</summary>
internal sealed class LinkQueue
{
    private Waiting[] ring = [];
    private int first;
    private int count;
    private int waitingBytes;

    public LinkQueue(LinkSpec spec, bool watched)
    {
        Spec = spec;
        IsKept = watched || spec.QueueFrames != LinkSpec.NoLimit || spec.QueueBytes > 0 || spec.MarkFrames > 0 || spec.MarkBytes > 0;
        if (IsKept)
        {
            ring = new Waiting[16];
        }
    }

    public LinkSpec Spec { get; }

    /// <summary>False: nobody asks, and nothing is kept.</summary>
    public bool IsKept { get; }

    public bool IsDown { get; private set; }

    public IQueueWitness? Witness { get; set; }

    /// <summary>A frame cannot pass by.</summary>
    public bool IsAsked => IsKept || IsDown || Witness is not null;

    public long Dropped { get; private set; }

    public long Marked { get; private set; }

    public int Longest { get; private set; }

    /// <summary>Takes a frame that would begin to be sent at <paramref name="busyUntil"/>, or now if that has passed.</summary>
    public bool TryTake(SimTime now, SimTime busyUntil, int bytes, out int waiting, out bool mark)
    {
        while (count > 0 && ring[first].Start <= now)
        {
            waitingBytes -= ring[first].Bytes;
            first = (first + 1) & (ring.Length - 1);
            count--;
        }
        waiting = count;
        mark = (Spec.MarkFrames > 0 && count >= Spec.MarkFrames) || (Spec.MarkBytes > 0 && waitingBytes >= Spec.MarkBytes);
        if (IsDown)
        {
            return false;
        }
        Longest = Math.Max(Longest, waiting);
        if (busyUntil > now)
        {
            if (count >= Spec.QueueFrames || (Spec.QueueBytes > 0 && waitingBytes + bytes > Spec.QueueBytes))
            {
                Dropped++;
                Witness?.Refused(now);
                return false;
            }
            if (IsKept)
            {
                Remember(busyUntil, bytes);
            }
        }
        Marked += mark ? 1 : 0;
        return true;
    }

    public void GoDown(SimTime now)
    {
        Witness?.Emptied(now);
        IsDown = true;
        count = 0;
        waitingBytes = 0;
    }

    public void ComeUp() => IsDown = false;

    private void Remember(SimTime start, int bytes)
    {
        if (count == ring.Length)
        {
            Waiting[] larger = new Waiting[Math.Max(ring.Length * 2, 16)];
            for (int i = 0; i < count; i++)
            {
                larger[i] = ring[(first + i) & (ring.Length - 1)];
            }
            ring = larger;
            first = 0;
        }
        ring[(first + count++) & (ring.Length - 1)] = new Waiting(start, bytes);
        waitingBytes += bytes;
    }

    private readonly record struct Waiting(SimTime Start, int Bytes);
}
