using MizarLab.Engine;

namespace MizarLab.Observation.Linking;

/// <summary>One side of a possible link: a sighting that can be followed, or can follow, another with equal bytes at an equal place.</summary>
/// <param name="Place">What both sides must share besides the bytes: a droplet, an endpoint, or −1 for the whole underlay.</param>
/// <param name="Frame">Number of the bytes in a <see cref="FrameIndex"/>.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Sighting">Index of the sighting.</param>
internal readonly record struct LinkSide(int Place, int Frame, SimTime Time, int Sighting) : IComparable<LinkSide>
{
    public int CompareTo(LinkSide other)
    {
        int order = CompareKey(other);
        if (order == 0)
        {
            order = Time.CompareTo(other.Time);
        }
        return order == 0 ? Sighting.CompareTo(other.Sighting) : order;
    }

    public int CompareKey(LinkSide other)
    {
        int order = Place.CompareTo(other.Place);
        return order == 0 ? Frame.CompareTo(other.Frame) : order;
    }
}

/// <summary>
/// Links between sightings, at most one forward and one back each. A rule is matched by sorting both sides by (place, bytes, time) and
/// walking them together. Within one group of byte-equal candidates, times decide only who was lost: equal numbers pair up in order;
/// of more senders than receivers each receiver takes the latest sender not after it; of more receivers than senders each
/// sender takes the earliest receiver not before it. Pairs never cross, and the smaller side is always used up.
/// </summary>
internal sealed class Links
{
    private const int None = -1;

    private readonly SimTime skew;
    private readonly int[] next;
    private readonly int[] previous;

    /// <param name="count">Number of sightings.</param>
    /// <param name="skew">How much two observers' clocks may disagree.</param>
    public Links(int count, SimTime skew)
    {
        this.skew = skew;
        next = new int[count];
        previous = new int[count];
        Array.Fill(next, None);
        Array.Fill(previous, None);
    }

    public int NextOf(int sighting) => next[sighting];

    public bool HasNext(int sighting) => next[sighting] != None;

    public bool HasPrevious(int sighting) => previous[sighting] != None;

    /// <summary>Drops the link to this sighting, so that it begins a chain.</summary>
    public void CutBefore(int sighting)
    {
        next[previous[sighting]] = None;
        previous[sighting] = None;
    }

    /// <summary>Links what can be linked of these; sides linked by an earlier rule are passed over. Sorts both lists.</summary>
    public void Match(List<LinkSide> senders, List<LinkSide> receivers)
    {
        senders.RemoveAll(side => HasNext(side.Sighting));
        receivers.RemoveAll(side => HasPrevious(side.Sighting));
        senders.Sort();
        receivers.Sort();
        int s = 0;
        int r = 0;
        while (s < senders.Count && r < receivers.Count)
        {
            int order = senders[s].CompareKey(receivers[r]);
            if (order < 0)
            {
                s++;
                continue;
            }
            if (order > 0)
            {
                r++;
                continue;
            }
            int senderEnd = EndOfGroup(senders, s);
            int receiverEnd = EndOfGroup(receivers, r);
            MatchGroup(senders, s, senderEnd, receivers, r, receiverEnd);
            s = senderEnd;
            r = receiverEnd;
        }
    }

    private static int EndOfGroup(List<LinkSide> sides, int begin)
    {
        int end = begin + 1;
        while (end < sides.Count && sides[end].CompareKey(sides[begin]) == 0)
        {
            end++;
        }
        return end;
    }

    private void MatchGroup(List<LinkSide> senders, int s, int senderEnd, List<LinkSide> receivers, int r, int receiverEnd)
    {
        int surplus = senderEnd - s - (receiverEnd - r);
        if (surplus >= 0)
        {
            // From the back: step over a sender that is later than this receiver, as long as one is left for each earlier receiver.
            int sender = senderEnd - 1;
            for (int receiver = receiverEnd - 1; receiver >= r; receiver--, sender--)
            {
                for (; surplus > 0 && senders[sender].Time > receivers[receiver].Time + skew; surplus--)
                {
                    sender--;
                }
                Connect(senders[sender].Sighting, receivers[receiver].Sighting);
            }
            return;
        }
        int at = r;
        for (int sender = s; sender < senderEnd; sender++, at++)
        {
            for (; surplus < 0 && receivers[at].Time + skew < senders[sender].Time; surplus++)
            {
                at++;
            }
            Connect(senders[sender].Sighting, receivers[at].Sighting);
        }
    }

    private void Connect(int from, int to)
    {
        if (from == to)
        {
            return; // a run that sent its frame on unchanged, seen by no tap, is not its own successor
        }
        next[from] = to;
        previous[to] = from;
    }
}
