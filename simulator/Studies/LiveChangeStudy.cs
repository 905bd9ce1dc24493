using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>Which role changes while packets are on their way.</summary>
public enum LiveChange : byte
{
    AddBouncer,
    AddDivider,
    RemoveBouncer,
    RemoveDivider,
}

/// <summary>
/// The order in which the management plane programs a change (spec 09 Q6, Q18; 04 §4.6), and what it costs. Pairs of endpoints across two networks send one way at a steady rate, so that nobody learns a
/// direct path and every packet passes bouncer, divider and bouncer; meanwhile the destination's network gets or loses a bouncer, or the VPC a divider, one update at a time. In the safe order nothing is lost; in
/// upstream's a new role is used before it is programmed whole, and what meets it meanwhile goes in circles or is dropped.
/// </summary>
/// <param name="change">What changes.</param>
/// <param name="order">Of the updates.</param>
/// <param name="endpoints">Of each network, one pair for each.</param>
/// <param name="holders">Bouncers of each network, and dividers, before.</param>
/// <param name="pace">Between two updates.</param>
/// <param name="gap">Between two packets of all pairs together.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class LiveChangeStudy(LiveChange change, ProgrammingOrder order, int endpoints, int holders, SimTime pace, SimTime gap, DataPlaneSettings settings) : IStudy
{
    /// <summary>Upstream's devmap has room for 127.</summary>
    private const int EndpointsAHost = 100;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("lost", "frames", "Packets that did not arrive"),
        new("lost_share", "", "Of the packets sent during the change, those that did not arrive"),
        new("frames_a_packet", "frames", "Frames on the underlay for each packet sent"),
        new("updates", "", "Updates of the change"),
        new("black_hole", "", "Share of pairs whose packets do not arrive once the change is over"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new() { Order = order };
        int hosts = (endpoints + EndpointsAHost - 1) / EndpointsAHost;
        DropletId[] near = net.Droplets(hosts), far = net.Droplets(hosts);
        DropletId spare = net.Droplet();
        DropletId[] middle = net.Droplets(holders), first = net.Droplets(holders), second = net.Droplets(holders);
        VpcId vpc = net.Vpc(middle);
        NetworkId from = net.Network(vpc, first), to = net.Network(vpc, second);
        EndpointId[] senders = [.. Enumerable.Range(0, endpoints).Select(i => net.Endpoint(from, near[i / EndpointsAHost]))];
        EndpointId[] receivers = [.. Enumerable.Range(0, endpoints).Select(i => net.Endpoint(to, far[i / EndpointsAHost]))];
        int step = net.Step((name, where) => change switch
        {
            LiveChange.AddBouncer => new AddBouncerStep(to, spare) { Name = name, Where = where },
            LiveChange.RemoveBouncer => new RemoveBouncerStep(to, second[^1]) { Name = name, Where = where },
            LiveChange.AddDivider => new AddDividerStep(vpc, spare) { Name = name, Where = where },
            _ => new RemoveDividerStep(vpc, middle[^1]) { Name = name, Where = where },
        });
        RunningNet running = net.Begin(settings);
        IReadOnlyList<TableUpdate> updates = running.UpdatesOf(step);
        SimTime begins = running.Now + SimTime.FromMilliseconds(1);
        for (int i = 0; i < updates.Count; i++)
        {
            TableUpdate update = updates[i];
            running.At(begins + RunningNet.Times(pace, i), () => running.Write(update));
        }

        // From a little before the first update until a little after the last.
        long span = RunningNet.Times(pace, updates.Count).Picoseconds + SimTime.FromMilliseconds(2).Picoseconds;
        long sent = span / gap.Picoseconds;
        for (int i = 0; i < sent; i++)
        {
            int pair = i % endpoints;
            running.At(running.Now + RunningNet.Times(gap, i), () => running.Send(senders[pair], net.Datagram(senders[pair], net.AddressOf(receivers[pair]), 4_000, 9)));
        }
        running.Settle(run.Cancel);
        (long arrived, long frames) = (running.Delivered, running.OnTheWire);
        for (int pair = 0; pair < endpoints; pair++)
        {
            running.Send(senders[pair], net.Datagram(senders[pair], net.AddressOf(receivers[pair]), 4_000, 9));
        }
        running.Settle(run.Cancel);
        return StudyResult.Of(sent - arrived, (double)(sent - arrived) / sent, (double)frames / sent, updates.Count, 1 - ((running.Delivered - arrived) / (double)endpoints));
    }
}
