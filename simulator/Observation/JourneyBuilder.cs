using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Observation.Linking;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>
/// Makes journeys of sightings: a frame out of one place is the same frame into the next when its bytes are equal there, whatever the
/// clocks of the observers say; times only order byte-equal frames among themselves. Every sighting is part of exactly one journey.
/// </summary>
/// <example>
/// A ping through a bouncer is <c>EndpointSent a, Program left (agent), WireSent left, WireReceived switch-1, Program switch-1
/// (transit), WireSent switch-1, WireReceived right, Program right (transit), EndpointReceived c</c>: one journey of three hops.
/// </example>
public static class JourneyBuilder
{
    /// <returns>All journeys in order of their beginning. Time is near-linear in the number of sightings.</returns>
    public static ImmutableArray<Journey> Build(Plan plan, BackendRun run)
    {
        Links links = SightingLinker.Link(plan, run);
        StepAttribution steps = new(plan, run);
        int count = run.Sightings.Length;
        bool[] visited = new bool[count];
        List<(int Head, Journey Journey)> journeys = [];
        List<Sighting> chain = [];

        void Follow(int head)
        {
            chain.Clear();
            for (int i = head; i >= 0; i = links.NextOf(i))
            {
                visited[i] = true;
                chain.Add(run.Sightings[i]);
            }
            journeys.Add((head, Make(plan, steps, chain)));
        }

        for (int i = 0; i < count; i++)
        {
            if (!links.HasPrevious(i))
            {
                Follow(i);
            }
        }
        // A program that sends a frame on unchanged can close a ring of equal bytes; it begins where it was seen first.
        for (int i = 0; i < count; i++)
        {
            if (!visited[i])
            {
                links.CutBefore(i);
                Follow(i);
            }
        }
        journeys.Sort((a, b) => a.Journey.Began.CompareTo(b.Journey.Began) is var order and not 0 ? order : a.Head.CompareTo(b.Head));
        return [.. journeys.Select(pair => pair.Journey)];
    }

    private static Journey Make(Plan plan, StepAttribution steps, List<Sighting> chain)
    {
        Sighting first = chain[0];
        Sighting last = chain[^1];
        EndpointId? origin = BeganAtEndpoint(first) ? first.Endpoint : null;
        bool inTunnel = origin is not EndpointId sender || plan.Topology[sender].IsProxied;
        FrameFacts facts = inTunnel ? FrameFacts.ReadInner(first.FrameIn) : FrameFacts.Read(first.FrameIn);
        (int step, bool crafted) = steps.Find(origin, first.FrameIn, facts, first.Time);
        JourneyEnd end = EndOf(last);
        return new Journey
        {
            Origin = origin,
            Step = step,
            Crafted = crafted,
            BeganInTunnel = inTunnel,
            Protocol = facts.Protocol,
            Hops = HopsOf(chain),
            Sightings = [.. chain],
            End = end,
            DeliveredTo = end == JourneyEnd.Delivered ? last.Endpoint : null,
            Began = first.Time,
            Ended = last.Time,
            First = first.FrameIn,
            Last = last.FrameOut,
        };
    }

    private static bool BeganAtEndpoint(Sighting first) =>
        first.Kind == SightingKind.EndpointSent || first is { Kind: SightingKind.Program, Program: ProgramId.Agent };

    private static JourneyEnd EndOf(Sighting last) => last.Kind switch
    {
        SightingKind.EndpointReceived => JourneyEnd.Delivered,
        SightingKind.Program => last.Verdict switch
        {
            Verdict.Aborted or Verdict.Drop => JourneyEnd.Dropped,
            Verdict.Pass when last.Reason != Reason.ToBridge => JourneyEnd.Passed,
            _ => JourneyEnd.Lost,
        },
        _ => JourneyEnd.Lost,
    };

    private static ImmutableArray<JourneyHop> HopsOf(List<Sighting> chain)
    {
        ImmutableArray<JourneyHop>.Builder hops = ImmutableArray.CreateBuilder<JourneyHop>();
        for (int i = 0; i < chain.Count; i++)
        {
            if (chain[i].Kind == SightingKind.Program)
            {
                Sighting? before = i > 0 && chain[i - 1].Kind == SightingKind.WireReceived ? chain[i - 1] : null;
                Sighting? after = i + 1 < chain.Count && chain[i + 1].Kind == SightingKind.WireSent ? chain[i + 1] : null;
                hops.Add(new JourneyHop(chain[i], before, after));
            }
        }
        return hops.ToImmutable();
    }
}
