using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>How long things take on a first packet's way.</summary>
/// <param name="Host">A host's work on a packet, and a flooding host's on a copy.</param>
/// <param name="Relay">A gateway's, bouncer's or divider's.</param>
/// <param name="Controller">An answer of the controller.</param>
/// <param name="Link">From one droplet to another.</param>
/// <param name="ControllerLink">One way between a host and the controller.</param>
public sealed record FirstPacketTimes(SimTime Host, SimTime Relay, SimTime Controller, SimTime Link, SimTime ControllerLink);

/// <summary>
/// The first packet between two endpoints that have never talked, and a later one (spec 12 §8 E5, §3.1). Mizar's ways are those of its real programs, ARP apart; others' are what defines them.
/// The packet then travels that way in the simulator.
/// </summary>
/// <param name="architecture">Whose.</param>
/// <param name="crosses">The endpoints are on two networks of a VPC.</param>
/// <param name="hosts">Of the network, for who floods.</param>
/// <param name="times">How long things take.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class FirstPacketStudy(ArchitectureKind architecture, bool crosses, int hosts, FirstPacketTimes times, DataPlaneSettings settings) : IStudy
{
    private const int Warming = 3;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("first", "s", "From the sender's interface to the receiver's, the first packet"),
        new("later", "s", "The same of a later packet, both having sent"),
        new("first_relays", "droplets", "Droplets between the two hosts on the first packet's way"),
        new("later_relays", "droplets", "The same of a later packet"),
        new("copies", "frames", "Frames the first packet is sent as by its host"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        (int first, int later) = Architectures.IsMizar(architecture) ? Walked(run.Seed) : architecture switch
        {
            ArchitectureKind.Hoverboard or ArchitectureKind.Achelous => (1, 0),
            _ => (0, 0),
        };
        int copies = architecture == ArchitectureKind.FloodAndLearn ? hosts - 1 : 1;
        ImmutableArray<Stop> asked = architecture == ArchitectureKind.OnDemand
            ? [new Stop(SimTime.Zero, times.ControllerLink), new Stop(times.Controller, times.ControllerLink)]
            : [];
        // Copies for the other hosts go first: the destination's is the last, so this is the longest that flooding takes.
        SimTime firstTime = Itinerary.Travel([.. asked, .. Way(first, new SimTime(times.Host.Picoseconds * copies))]);
        SimTime laterTime = Itinerary.Travel(Way(later, times.Host));
        return StudyResult.Of(firstTime.Picoseconds / 1e12, laterTime.Picoseconds / 1e12, first, later, copies);
    }

    private ImmutableArray<Stop> Way(int relays, SimTime sender) =>
        [new Stop(sender, times.Link), .. Enumerable.Repeat(new Stop(times.Relay, times.Link), relays), new Stop(times.Host, SimTime.Zero)];

    /// <summary>Relays on the real programs' way, of the first packet and of one after several exchanges.</summary>
    private (int First, int Later) Walked(ulong seed)
    {
        StudyNet net = new();
        DropletId near = net.Droplet(), far = net.Droplet();
        VpcId vpc = net.Vpc(net.Droplet());
        NetworkId own = net.Network(vpc, net.Droplet());
        NetworkId other = crosses ? net.Network(vpc, net.Droplet()) : own;
        EndpointId a = net.Endpoint(own, near), b = net.Endpoint(other, far);
        Walk walk = new(net.Begin(Architectures.SettingsOf(architecture, settings), seed));
        int first = Relays(walk, a, b);
        for (int i = 0; i < Warming; i++)
        {
            Relays(walk, b, a);
            Relays(walk, a, b);
        }
        return (first, Relays(walk, a, b));
    }

    private static int Relays(Walk walk, EndpointId from, EndpointId to) => walk.Send(from, to) == WalkEnd.Delivered
        ? walk.Way.Count - 2
        : throw new InvalidOperationException("a packet between two endpoints that are there did not arrive");
}
