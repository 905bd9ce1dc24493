using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>What hosts that learn from what they hear are given (VXLAN without a control plane).</summary>
/// <param name="Age">An address not heard from for so long is forgotten, and sent to everybody.</param>
/// <param name="Link">One way from a host to another.</param>
/// <param name="Hosts">Of the network: a flooded packet goes to all others.</param>
public readonly record struct Ageing(SimTime Age, SimTime Link, int Hosts);

/// <summary>What <see cref="AgedEntries.Run"/> saw.</summary>
/// <param name="Outage">From the move until a peer's packet reached the new host, in seconds.</param>
/// <param name="Lost">Packets that went to the old host, of all peers.</param>
/// <param name="Copies">Frames that flooded packets were sent as.</param>
public sealed record AgedOutcome(Extremes Outage, long Lost, long Copies);

/// <summary>
/// Flood-and-learn after a move, in the simulator: each peer's host has heard the endpoint last right before it, and goes on sending to the old host until it hears the endpoint from the new one
/// or has not heard it for the ageing time. Then a packet is flooded, and its copy to the new host arrives.
/// </summary>
public static class AgedEntries
{
    private const int Send = 0, Hear = 1, Arrive = 2;

    /// <param name="peers">Each on a host of its own; they send at the move and every period after it.</param>
    /// <param name="ageing">How hosts learn and forget.</param>
    /// <param name="period">Between two packets of a peer.</param>
    /// <param name="reverse">The moved endpoint sends to its peers so long after its move; null: never.</param>
    /// <param name="horizon">Peers send before it.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    public static AgedOutcome Run(int peers, Ageing ageing, SimTime period, SimTime? reverse, SimTime horizon, CancellationToken cancel)
    {
        Simulation simulation = new();
        Nodes nodes = new(simulation, peers, ageing, period, horizon);
        nodes.Start(reverse);
        simulation.Run(SimTime.Never, long.MaxValue, cancel);
        return new AgedOutcome(nodes.Outage, nodes.Lost, nodes.Copies);
    }

    private sealed class Nodes : INode
    {
        private readonly Simulation simulation;
        private readonly Ageing ageing;
        private readonly SimTime period;
        private readonly SimTime horizon;
        private readonly NodeId node;
        private readonly bool[] heard;

        public Nodes(Simulation simulation, int peers, Ageing ageing, SimTime period, SimTime horizon)
        {
            (this.simulation, this.ageing, this.period, this.horizon) = (simulation, ageing, period, horizon);
            heard = new bool[peers];
            node = simulation.Add(this);
        }

        public Extremes Outage;

        public long Lost { get; private set; }

        public long Copies { get; private set; }

        public void Start(SimTime? reverse)
        {
            for (int peer = 0; peer < heard.Length; peer++)
            {
                simulation.Schedule(SimTime.Zero, node, node, Send, peer);
                if (reverse is { } spoken)
                {
                    simulation.Schedule(spoken + ageing.Link, node, node, Hear, peer);
                }
            }
        }

        public void Handle(in SimEvent happening)
        {
            int peer = happening.Subject;
            switch (happening.Kind)
            {
                case Hear:
                    heard[peer] = true;
                    break;
                case Arrive:
                    // The outage ends for the packet that got through, from when it was sent: what its way takes is no outage.
                    Outage.Add((happening.Time - ageing.Link).Picoseconds / 1e12);
                    break;
                default:
                    SendOne(peer, happening.Time);
                    break;
            }
        }

        private void SendOne(int peer, SimTime now)
        {
            bool forgotten = !heard[peer] && now >= ageing.Age;
            if (heard[peer] || forgotten)
            {
                Copies += forgotten ? ageing.Hosts - 1 : 0;
                simulation.Schedule(now + ageing.Link, node, node, Arrive, peer);
                return;
            }
            Lost++;
            if (now + period < horizon)
            {
                simulation.Schedule(now + period, node, node, Send, peer);
            }
        }
    }
}
