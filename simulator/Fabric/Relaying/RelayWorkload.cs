using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>
/// The relay workload: every droplet sends a packet each <see cref="Interval"/>, beginning at a time of its own, in turn of its flows; every flow has a destination drawn
/// from all other droplets. What <em>relay</em> a packet goes through is the affair of whoever carries it.
/// </summary>
public sealed class RelayWorkload
{
    public const int FlowsPerDroplet = 16;

    public static readonly SimTime Interval = SimTime.FromMicroseconds(1);

    /// <summary>Bytes of payload of every packet.</summary>
    public const int PayloadBytes = 1_000;

    private readonly int[] destinations;
    private readonly SimTime[] phases;

    /// <param name="droplets">At least three: source, relay, destination.</param>
    /// <param name="seed">Of phases and destinations.</param>
    public RelayWorkload(int droplets, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(droplets, 3);
        Droplets = droplets;
        RandomStream random = new(seed, "relay");
        phases = new SimTime[droplets];
        destinations = new int[droplets * FlowsPerDroplet];
        for (int d = 0; d < droplets; d++)
        {
            phases[d] = new SimTime(random.NextBelow((uint)Interval.Picoseconds));
            for (int f = 0; f < FlowsPerDroplet; f++)
            {
                destinations[IndexOf(d, f)] = random.NextOther(d, droplets);
            }
        }
    }

    public int Droplets { get; }

    /// <summary>A flow's number among all.</summary>
    public static int IndexOf(int droplet, int flow) => (droplet * FlowsPerDroplet) + flow;

    /// <summary>When a droplet sends first.</summary>
    public SimTime PhaseOf(int droplet) => phases[droplet];

    public int DestinationOf(int droplet, int flow) => destinations[IndexOf(droplet, flow)];

    /// <summary>The relay of a flow: by its hash any droplet but its ends.</summary>
    public int RelayOf(int source, int destination, int flow)
    {
        int low = Math.Min(source, destination);
        int high = Math.Max(source, destination);
        int relay = Ecmp.Choose(FlowHash.Of((uint)source, (uint)destination, (uint)flow, 0), 0, Droplets - 2);
        relay += relay >= low ? 1 : 0;
        return relay + (relay >= high ? 1 : 0);
    }
}
