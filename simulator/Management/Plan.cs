using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// What the management plane does for one scenario: what every droplet's tables hold before the timeline begins, written
/// row by row by a generator (no object a row), and the ordered updates each step sends.
/// </summary>
/// <example>
/// <code>
/// Plan plan = Plan.Create(scenario);
/// plan.WriteInitial(dataPlane);                                   // before the timeline
/// foreach (TableUpdate update in plan.StepUpdates[3]) { update.ApplyTo(dataPlane); }
/// </code>
/// </example>
public sealed class Plan
{
    private readonly PlanFacts facts;
    private readonly DropletRows initial;

    private Plan(Scenario scenario, PlanFacts facts, DropletRows initial, ImmutableArray<ImmutableArray<TableUpdate>> stepUpdates)
    {
        Scenario = scenario;
        this.facts = facts;
        this.initial = initial;
        StepUpdates = stepUpdates;
    }

    public Scenario Scenario { get; }

    public Topology Topology => Scenario.Topology;

    /// <summary>The updates of each timeline step, in the order they are sent; empty for steps that change no role.</summary>
    public ImmutableArray<ImmutableArray<TableUpdate>> StepUpdates { get; }

    /// <summary>Every port that exists at some time of the run.</summary>
    public PortMap Ports => facts.Ports;

    public static Plan Create(Scenario scenario)
    {
        PlanFacts facts = PlanFacts.Create(scenario);
        RoleState initial = RoleState.Initial(scenario.Topology);
        RoleState state = initial;
        ImmutableArray<ImmutableArray<TableUpdate>>.Builder updates = ImmutableArray.CreateBuilder<ImmutableArray<TableUpdate>>(scenario.Timeline.Length);
        foreach (Step step in scenario.Timeline)
        {
            RoleState next = state.After(step);
            updates.Add(ReferenceEquals(next, state) ? [] : Workflow.Updates(facts, state, next, scenario.Order));
            state = next;
        }
        return new Plan(scenario, facts, new DropletRows(facts, initial), updates.MoveToImmutable());
    }

    /// <summary>
    /// How many rule elements policies make of each endpoint and direction that has any; more than <see cref="PolicyBits.Limit"/>, or of upstream's 64 in the
    /// dialect <c>mizar</c>, find no room in a row.
    /// </summary>
    public static IEnumerable<(EndpointId Endpoint, PolicyDirection Direction, int Elements)> CountPolicyElements(Scenario scenario)
    {
        PolicyElements elements = PolicyElements.Create(scenario);
        for (int e = 0; e < scenario.Topology.Endpoints.Length; e++)
        {
            foreach (PolicyDirection direction in Enum.GetValues<PolicyDirection>())
            {
                if (elements.Of(new EndpointId(e), direction).Length is var count and > 0)
                {
                    yield return (new EndpointId(e), direction, count);
                }
            }
        }
    }

    /// <summary>The port this endpoint has, whenever it is there, on this droplet.</summary>
    /// <exception cref="ArgumentException">It never has one there.</exception>
    public PortId PortOf(EndpointId endpoint, DropletId droplet) => Ports.PortOf(endpoint, droplet);

    /// <summary>The endpoint behind a port, or null: the NIC, or no such port.</summary>
    public EndpointId? EndpointAt(DropletId droplet, PortId port) => Ports.EndpointAt(droplet, port);

    /// <summary>Writes the rows every droplet holds before the timeline begins.</summary>
    public void WriteInitial(ITableWriter writer)
    {
        for (int i = 0; i < Topology.Droplets.Length; i++)
        {
            WriteInitial(new DropletId(i), writer);
        }
    }

    /// <summary>Writes the rows one droplet holds before the timeline begins.</summary>
    public void WriteInitial(DropletId droplet, ITableWriter writer) => initial.Write(droplet, writer);
}
