using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Judging;

/// <summary>What judges look at, and the questions they have in common.</summary>
internal sealed class Evidence(Plan plan, BackendRun run, ImmutableArray<Journey> journeys)
{
    public Scenario Scenario => plan.Scenario;

    public Topology Topology => plan.Topology;

    public BackendRun Run => run;

    public ImmutableArray<Journey> Journeys => journeys;

    /// <summary>The tried exchanges (ping, UDP, TCP) from one to the other, in the timeline's order.</summary>
    /// <param name="step">Only that step; null: all.</param>
    public ImmutableArray<Exchange> Exchanges(EndpointId from, Ipv4Address to, string? step)
    {
        ImmutableArray<Exchange>.Builder found = ImmutableArray.CreateBuilder<Exchange>();
        for (int i = 0; i < Scenario.Timeline.Length; i++)
        {
            Step candidate = Scenario.Timeline[i];
            if ((step is null || candidate.Name == step) && Exchange.Parties(candidate) is (EndpointId sender, Ipv4Address target) && sender == from && target == to)
            {
                found.Add(new Exchange(candidate, i, OutcomeOf(i)));
            }
        }
        return found.ToImmutable();
    }

    /// <summary>IPv4 frames this endpoint sent to this address, in order; those its stack sent and those the lab crafted.</summary>
    /// <param name="step">Only frames of that step; null: of the whole run.</param>
    public ImmutableArray<Journey> Frames(EndpointId from, Ipv4Address to, string? step)
    {
        int? only = step is null ? null : StepIndex(step);
        return [.. journeys.Where(journey => journey.Origin == from && IsOf(journey, only) && FrameFacts.ReadFirst(journey) is { IsIpv4: true } facts && facts.Destination == to)];
    }

    /// <summary>Journeys of a step, or all.</summary>
    public IEnumerable<Journey> JourneysOf(string? step)
    {
        int? only = step is null ? null : StepIndex(step);
        return journeys.Where(journey => IsOf(journey, only));
    }

    /// <summary><c>a → c</c>, with <c> in step 'ping-1'</c> when one is named.</summary>
    public string Way(EndpointId from, Ipv4Address to, string? step) =>
        $"{Topology.NameOf(from)} → {Topology.NameOf(from, to)}{InStep(step)}";

    public static string InStep(string? step) => step is null ? "" : $" in step '{step}'";

    /// <summary>How a journey ended, in words.</summary>
    public string EndOf(Journey journey) => HopText.End(Topology, journey);

    /// <summary>Droplets whose programs ran on it, in order.</summary>
    public static ImmutableArray<DropletId> PathOf(Journey journey) => [.. journey.Hops.Select(hop => hop.Run.Droplet)];

    public string PathText(Journey journey) => journey.Hops.IsEmpty ? "no droplet" : Topology.PathText(PathOf(journey));

    private static bool IsOf(Journey journey, int? step) => step is null || journey.Step == step;

    private int StepIndex(string name)
    {
        for (int i = 0; i < Scenario.Timeline.Length; i++)
        {
            if (Scenario.Timeline[i].Name == name)
            {
                return i;
            }
        }
        return int.MinValue; // no journey has it, so nothing is found and the expectation fails for want of frames
    }

    private StepOutcome? OutcomeOf(int step) => run.Outcomes.FirstOrDefault(outcome => outcome.Step == step);
}
