using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>An endpoint's port on a droplet: devmap slot, agent id and interface have this number. A port is never used twice.</summary>
public readonly record struct PortBinding(DropletId Droplet, PortId Port, EndpointId Endpoint, bool Initially);

/// <summary>
/// What the management plane does for one scenario: what every droplet's tables hold before the timeline begins, written
/// row by row by a generator (no object a row), and the ordered updates each step sends.
/// </summary>
public sealed class Plan
{
    private Plan(Scenario scenario)
    {
        Scenario = scenario;
        StepUpdates = [];
        Ports = [];
    }

    public Scenario Scenario { get; }

    public Topology Topology => Scenario.Topology;

    /// <summary>The updates of each timeline step, in the order they are sent; empty for steps that change no role.</summary>
    public ImmutableArray<ImmutableArray<TableUpdate>> StepUpdates { get; }

    /// <summary>Every port that exists at some time of the run.</summary>
    public ImmutableArray<PortBinding> Ports { get; }

    public static Plan Create(Scenario scenario) => new(scenario);

    /// <summary>The port this endpoint has on this droplet.</summary>
    /// <exception cref="ArgumentException">It never has one there.</exception>
    public PortId PortOf(EndpointId endpoint, DropletId droplet) => throw new ArgumentException($"endpoint {endpoint.Index} has no port on droplet {droplet.Index}");

    /// <summary>The endpoint behind a port, or null (the NIC, or no such port).</summary>
    public EndpointId? EndpointAt(DropletId droplet, PortId port) => null;

    /// <summary>Writes the rows every droplet holds before the timeline begins.</summary>
    public void WriteInitial(ITableWriter writer)
    {
    }
}
