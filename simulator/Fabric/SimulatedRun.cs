using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Fabric;

/// <summary>A run that does not come to rest; the message says what it was doing.</summary>
public sealed class RunawayException(string message) : Exception(message);

/// <summary>
/// One run of a plan on the simulated fabric: initial rows, the timeline, then whatever is still on its way until nothing is. The
/// same plan, data plane and seed give the same run on any machine.
/// </summary>
public static class SimulatedRun
{
    /// <summary>Events after which a run is taken to be one that never ends.</summary>
    public const long DefaultEventLimit = 20_000_000;

    /// <param name="plan">What to run.</param>
    /// <param name="dataPlane">Executes every hop; its tables are empty.</param>
    /// <param name="traits">What the caller's backend is called and can.</param>
    /// <param name="seed">Of all randomness.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="Measure.IdentityException">The simulator contradicts itself.</exception>
    /// <exception cref="RunawayException">The network did not come to rest.</exception>
    public static BackendRun Execute(Plan plan, IDataPlane dataPlane, BackendTraits traits, ulong seed, CancellationToken cancel) =>
        Execute(plan, dataPlane, traits, new FabricOptions(seed, Calibration.None), DefaultEventLimit, cancel);

    /// <inheritdoc cref="Execute(Plan, IDataPlane, BackendTraits, ulong, CancellationToken)"/>
    public static BackendRun Execute(
        Plan plan, IDataPlane dataPlane, BackendTraits traits, FabricOptions options, long eventLimit, CancellationToken cancel)
    {
        plan.WriteInitial(dataPlane);
        SimulatedNetwork network = new(plan, dataPlane, options);
        TimelineDirector director = new(plan, network);
        director.Start();
        if (network.Simulation.Run(SimTime.Never, eventLimit, cancel) == RunEnd.EventLimit)
        {
            throw new RunawayException(
                $"the run did not come to rest within {eventLimit} events: at {network.Simulation.Now} of simulated time "
                + $"{network.FramesInFlight} frames were on their way and programs had run {network.Hops} times");
        }
        network.CloseAudit();
        return new BackendRun
        {
            Traits = traits,
            Dialect = dataPlane.Dialect,
            Sightings = network.Sightings,
            Outcomes = director.Outcomes,
            Traffic = TierCounts.Of(network.Fabric.Map, network.Fabric.Links),
            Losses = TierCounts.Of(network.Losses),
            Measures = options.Meters is null ? null : network.TakeMeasures(),
            Tables = TableDumper.Dump(plan.Topology, dataPlane),
        };
    }
}
