using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>What an endpoint asks for that nobody is.</summary>
public enum UnknownTarget : byte
{
    /// <summary>An address of its own network.</summary>
    OwnNetwork,

    /// <summary>An address of another network of its VPC.</summary>
    OtherNetwork,

    /// <summary>ARP for an address of its own network.</summary>
    Arp,

    /// <summary>The last address of its own network.</summary>
    Broadcast,
}

/// <summary>
/// A scan of addresses nobody has (spec 09 Q13, 12 §8 E21), packet by packet in the simulator. Upstream's bouncer and divider send such a packet back and forth until its TTL is used up, so one
/// of TTL t crosses the underlay t times; the loop guard ends it where a divider's frame comes to a bouncer that does not know its target.
/// </summary>
/// <remarks>
/// Others' ways are what defines them: hosts that know everybody drop what they do not know; a gateway does, when it has come that far; a controller is asked and says no, each time; and without a
/// control plane a host sends a copy to every other.
/// </remarks>
/// <param name="architecture">Whose.</param>
/// <param name="hosts">Of the network, for who floods.</param>
/// <param name="target">What is asked for.</param>
/// <param name="ttl">Of the inner packets.</param>
/// <param name="probes">Addresses asked for.</param>
/// <param name="bouncers">Of each network.</param>
/// <param name="dividers">Of the VPC.</param>
/// <param name="settings">Guarded or not.</param>
public sealed class UnknownStudy(ArchitectureKind architecture, int hosts, UnknownTarget target, int ttl, int probes, int bouncers, int dividers, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("frames", "frames", "Frames on the underlay for each probe"),
        new("extra", "frames", "Of them, beyond the one the sender's host sent"),
        new("on_relays", "frames", "Frames sent by bouncers, dividers or a controller for each probe"),
        new("poisoned", "", "Dividers that take themselves for the sender's host afterwards, over dividers (spec §3.14 T5)"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run) => Architectures.IsMizar(architecture) ? Walked(run) : Defined();

    private StudyResult Defined()
    {
        (int byHost, int byRelays) = architecture switch
        {
            ArchitectureKind.FloodAndLearn => (hosts - 1, 0),
            ArchitectureKind.OnDemand => (1, 1),
            ArchitectureKind.Hoverboard or ArchitectureKind.Achelous => (1, 0),
            _ => (0, 0),
        };
        return StudyResult.Of(byHost + byRelays, Math.Max(0, byHost + byRelays - 1), byRelays, 0);
    }

    private StudyResult Walked(in StudyRun run)
    {
        StudyNet net = new();
        DropletId host = net.Droplet();
        DropletId[] near = net.Droplets(bouncers), middle = net.Droplets(dividers), far = net.Droplets(bouncers);
        VpcId vpc = net.Vpc(middle);
        NetworkId own = net.Network(vpc, near), other = net.Network(vpc, far);
        EndpointId from = net.Endpoint(own, host);
        RunningNet running = net.Begin(Architectures.SettingsOf(architecture, settings));
        for (int i = 0; i < probes; i++)
        {
            running.Send(from, Probe(net, from, own, other, i));
            running.Settle(run.Cancel);
        }
        double all = running.OnTheWire, first = running.SentBy(host);
        EndpointKey key = new(net.VniOf(from), net.AddressOf(from));
        int poisoned = middle.Count(divider => running.Model.Rows(divider, Tables.DirectPath).Any(row => row.Key == key && row.Value.Host.Address == net.AddressOf(divider)));
        return StudyResult.Of(all / probes, (all - probes) / probes, (all - first) / probes, (double)poisoned / dividers);
    }

    private byte[] Probe(StudyNet net, EndpointId from, NetworkId own, NetworkId other, int number) => target switch
    {
        UnknownTarget.Arp => net.ArpRequest(from, net.Unknown(own, number)),
        UnknownTarget.Broadcast => net.Datagram(from, net.Broadcast(own), 4_000, 9, ttl: (byte)ttl),
        UnknownTarget.OtherNetwork => net.Datagram(from, net.Unknown(other, number), 4_000, 9, ttl: (byte)ttl),
        _ => net.Datagram(from, net.Unknown(own, number), 4_000, 9, ttl: (byte)ttl),
    };
}
