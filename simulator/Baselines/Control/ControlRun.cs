using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>
/// Lets a <see cref="ControlPlane"/> happen in the simulator: senders, relays and receivers are nodes, each serves one thing after another in the order of arrival, a message takes the
/// link's time. A receiver serves each of its sessions (each relay that speaks to it, else all senders together) by itself.
/// </summary>
/// <remarks>
/// One by one, every message is an event at its receiver. Beyond a number of messages they travel in trains, a receiver's messages from one sender at even distances, which are one event each: with
/// constant service S the last of m customers that come D apart leaves at max(max(free, first) + m S, last + S), so trains give the very times and counts of single messages; tests hold the two
/// runs together.
/// </remarks>
/// <example><code>
/// ControlOutcome outcome = ControlRun.Execute(new FullMesh(new ControlShape(Endpoints: 1_000, Hosts: 100)), new ControlCosts(), mostOneByOne: 100_000_000, cancel);
/// </code></example>
public static class ControlRun
{
    /// <param name="plane">What happens.</param>
    /// <param name="costs">How long it takes.</param>
    /// <param name="mostOneByOne">More messages than this are run in trains, if the plane has them.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ControlOutcome Execute(ControlPlane plane, ControlCosts costs, long mostOneByOne, CancellationToken cancel)
    {
        bool oneByOne = plane.MessagesAtMost <= mostOneByOne || !plane.HasTrains;
        Simulation simulation = new();
        ControlReceivers receivers = new(plane, costs, simulation);
        ControlSenders senders = new(plane, costs, simulation, receivers);
        ControlRelays relays = new(plane, costs, simulation, receivers, oneByOne);
        receivers.Relays = relays;
        for (int i = 0; i < plane.Receivers; i++)
        {
            receivers.Nodes[i] = simulation.Add(receivers);
        }
        relays.AddNodes();
        senders.Start(inTrains: !oneByOne && plane.Relays == 0);
        simulation.Run(SimTime.Never, long.MaxValue, cancel);
        return receivers.Outcome(Math.Max(senders.MostRows, relays.MostRows), oneByOne);
    }
}
