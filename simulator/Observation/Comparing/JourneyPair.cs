using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Comparing;

/// <summary>
/// Holds one journey against its counterpart, hop by hop. What follows from a difference already told is not told again: after the first
/// differing frame later frames are not reported, and hops are compared up to where the paths part.
/// </summary>
internal sealed class JourneyPair(Topology topology, SourcePlace? where, string subject, Journey left, Journey right, Strictness strictness, DifferenceList found)
{
    private bool framesDiffer;

    public void Compare()
    {
        found.Journeys++;
        CompareFrames($"{subject}, as sent", "frame", left.First, right.First);
        int shared = SharedHops();
        for (int i = 0; i < shared; i++)
        {
            CompareHop($"{subject}, hop {i + 1} at {HopText.Place(topology, left.Hops[i].Run)}", left.Hops[i], right.Hops[i]);
        }
        if (shared < left.Hops.Length || shared < right.Hops.Length)
        {
            Tell(subject, "path", HopText.Path(topology, left), HopText.Path(topology, right));
        }
        if (left.End != right.End || left.DeliveredTo != right.DeliveredTo)
        {
            Tell(subject, "end", HopText.End(topology, left), HopText.End(topology, right));
        }
        CompareFrames($"{subject}, as last seen", "frame", left.Last, right.Last);
        CompareSightings();
    }

    private int SharedHops()
    {
        int shared = 0;
        while (shared < left.Hops.Length && shared < right.Hops.Length
            && left.Hops[shared].Run.Droplet == right.Hops[shared].Run.Droplet && left.Hops[shared].Run.Program == right.Hops[shared].Run.Program)
        {
            shared++;
        }
        return shared;
    }

    private void CompareHop(string hop, JourneyHop l, JourneyHop r)
    {
        found.Hops++;
        CompareFrames(hop, "frame in", l.Run.FrameIn, r.Run.FrameIn);
        TellUnlessEqual(hop, "verdict", VerdictText(l.Run), VerdictText(r.Run));
        CompareFrames(hop, "frame out", l.Run.FrameOut, r.Run.FrameOut);
        if (strictness.Changes)
        {
            TellUnlessEqual(hop, "table changes", HopText.Changes(l.Run), HopText.Changes(r.Run));
        }
    }

    private string VerdictText(Sighting run) => strictness.Reasons ? HopText.Verdict(run) : HopText.VerdictAlone(run);

    /// <summary>That the same taps saw it: a wire sighting on one side only is a frame that never left, or never came.</summary>
    private void CompareSightings()
    {
        if (left.Sightings.Length == right.Sightings.Length && SamePlaces())
        {
            if (strictness.Times)
            {
                CompareTimes();
            }
            return;
        }
        Tell(subject, "sightings", HopText.Sightings(topology, left), HopText.Sightings(topology, right));
    }

    private bool SamePlaces()
    {
        for (int i = 0; i < left.Sightings.Length; i++)
        {
            (Sighting l, Sighting r) = (left.Sightings[i], right.Sightings[i]);
            if (l.Kind != r.Kind || l.Droplet != r.Droplet || l.Endpoint != r.Endpoint)
            {
                return false;
            }
        }
        return true;
    }

    private void CompareTimes()
    {
        for (int i = 0; i < left.Sightings.Length; i++)
        {
            (Sighting l, Sighting r) = (left.Sightings[i], right.Sightings[i]);
            if (l.Time != r.Time || l.QueueFrames != r.QueueFrames)
            {
                Tell($"{subject}, {HopText.Sighting(topology, l)}", "time", TimeText(l), TimeText(r));
                return;
            }
        }
    }

    private static string TimeText(Sighting seen) => $"{seen.Time.Picoseconds}ps{(seen.QueueFrames is int queue ? $", {queue} frames queued" : "")}";

    private void CompareFrames(string place, string aspect, byte[] l, byte[] r)
    {
        if (framesDiffer)
        {
            return;
        }
        bool equal = strictness.WholeFrames ? l.AsSpan().SequenceEqual(r) : Encapsulation.Equal(l, r, left.Protocol);
        if (strictness.WholeFrames)
        {
            found.Frames++;
        }
        if (equal)
        {
            return;
        }
        framesDiffer = true;
        ImmutableArray<FieldDifference> fields = strictness.WholeFrames ? FrameFields.Differences(l, r) : Encapsulation.Differences(l, r, left.Protocol);
        found.Add(new Difference
        {
            Where = where,
            Subject = place,
            Aspect = aspect,
            Left = FrameFields.Summary(l),
            Right = FrameFields.Summary(r),
            Fields = fields,
            LeftFrame = l,
            RightFrame = r,
        });
    }

    private void TellUnlessEqual(string place, string aspect, string l, string r)
    {
        if (l != r)
        {
            Tell(place, aspect, l, r);
        }
    }

    private void Tell(string place, string aspect, string l, string r) =>
        found.Add(new Difference { Where = where, Subject = place, Aspect = aspect, Left = l, Right = r });
}
