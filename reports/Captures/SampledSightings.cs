using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>
/// The sightings of sampled frames: all of a frame's from the endpoint that sent it to its end, or none. A flow is both directions of what two endpoints say to each
/// other by one protocol and pair of ports, as the frame set out; a service's backend answers in the flow that asked.
/// </summary>
public sealed class SampledSightings
{
    private readonly HashSet<Sighting> kept = new(ReferenceEqualityComparer.Instance);

    /// <param name="scenario">What was run.</param>
    /// <param name="run">On one backend.</param>
    /// <param name="sampling">What to keep.</param>
    public SampledSightings(Scenario scenario, BackendRun run, Sampling sampling)
    {
        Plan plan = Plan.Create(scenario);
        long number = 0;
        foreach (Journey journey in JourneyBuilder.Build(plan, run))
        {
            Journeys++;
            if (sampling.Unit == SampledUnit.Packet ? sampling.Takes(number++, 0) : TakesFlow(sampling, journey))
            {
                Taken++;
                kept.UnionWith(journey.Sightings);
            }
        }
    }

    /// <summary>Frames there were.</summary>
    public int Journeys { get; private set; }

    /// <summary>Frames in the sample.</summary>
    public int Taken { get; private set; }

    public bool Contains(Sighting sighting) => kept.Contains(sighting);

    private static bool TakesFlow(Sampling sampling, Journey journey)
    {
        FrameConversation talk = FrameConversation.Of(journey);
        return sampling.Takes(talk.One, talk.Other, talk.Protocol);
    }
}
