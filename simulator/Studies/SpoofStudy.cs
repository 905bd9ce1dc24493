using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>Where the forger sits.</summary>
public enum SpoofPlace : byte
{
    /// <summary>An endpoint of the same network, which sends with the victim's address.</summary>
    Endpoint,

    /// <summary>A machine of the underlay that is no droplet, which sends in Geneve.</summary>
    Underlay,
}

/// <summary>
/// Cache poisoning by the return option (spec 09 Q23, §8.1 P1, P2). Each of many senders gets one packet that says it is the victim's and names the forger's machine as the way back; then each sends
/// one packet to the victim. Without validation their hosts have learned the forger's machine, and everything goes there.
/// </summary>
/// <param name="place">Of the forger.</param>
/// <param name="senders">Each on a droplet of its own.</param>
/// <param name="forged">Of the senders, those that get a forged packet.</param>
/// <param name="settings">With or without <see cref="Switches.SourceValidation"/>, <see cref="Switches.TrustedPeers"/> and <see cref="Switches.DirectPathInvalidation"/>.</param>
public sealed class SpoofStudy(SpoofPlace place, int senders, int forged, DataPlaneSettings settings) : IStudy
{
    private const uint StrangerAddress = 0xAC1F_0063; // 172.31.0.99
    private const ulong StrangerMac = 0x0200_00FF_0063;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("diverted", "", "Share of senders whose host has learned the forger's machine for the victim"),
        new("lost", "", "Share of senders whose next packet does not reach the victim"),
        new("lost_then", "", "The same of the packet after that"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId bouncer = net.Droplet(), divider = net.Droplet(), victimHost = net.Droplet(), forger = net.Droplet();
        NetworkId network = net.Network(net.Vpc(divider), bouncer);
        EndpointId victim = net.Endpoint(network, victimHost), forgerEndpoint = net.Endpoint(network, forger);
        DropletId[] hosts = net.Droplets(senders);
        EndpointId[] all = [.. hosts.Select(host => net.Endpoint(network, host))];
        RunningNet running = net.Begin(settings);
        for (int i = 0; i < forged; i++)
        {
            byte[] packet = net.Forged(forgerEndpoint, victim, net.AddressOf(all[i]));
            if (place == SpoofPlace.Endpoint)
            {
                running.Send(forgerEndpoint, packet);
            }
            else
            {
                running.Network.InjectUnderlay(hosts[i], FromStranger(net, hosts[i], net.VniOf(victim), packet));
            }
            running.Settle(run.Cancel);
        }
        Ipv4Address named = place == SpoofPlace.Endpoint ? net.AddressOf(forger) : new Ipv4Address(StrangerAddress);
        EndpointKey key = new(net.VniOf(victim), net.AddressOf(victim));
        int diverted = hosts.Count(host => running.Model.Rows(host, Tables.DirectPath).Any(row => row.Key == key && row.Value.Host.Address == named));
        double lost = Lost(net, running, all, victim, run.Cancel), then = Lost(net, running, all, victim, run.Cancel);
        return StudyResult.Of((double)diverted / senders, lost, then);
    }

    private double Lost(StudyNet net, RunningNet running, EndpointId[] all, EndpointId victim, CancellationToken cancel)
    {
        long before = running.Delivered;
        foreach (EndpointId from in all)
        {
            running.Send(from, net.Datagram(from, net.AddressOf(victim), 4_000, 9));
            running.Settle(cancel);
        }
        return 1 - ((running.Delivered - before) / (double)senders);
    }

    private byte[] FromStranger(StudyNet net, DropletId to, Vni vni, byte[] inner)
    {
        MizarOptions options = MizarOptions.ReturnTo(new Ipv4Address(StrangerAddress), new MacAddress(StrangerMac));
        MizarTunnel tunnel = new(net.MacOf(to), new MacAddress(StrangerMac), new Ipv4Address(StrangerAddress), net.AddressOf(to), vni, options);
        byte[] frame = PacketBuilder.Encapsulate(in tunnel, inner).ToBytes();
        if (settings.Has(Switches.StandardOptions))
        {
            UseStandardOptions(frame);
        }
        return frame;
    }

    /// <summary>The four options as RFC 8926 wants them, at upstream's fixed places (docs/lab-dialect): the forger speaks the dialect it attacks.</summary>
    private static void UseStandardOptions(Span<byte> frame)
    {
        ReadOnlySpan<(int At, byte Type, byte Words)> options = [(50, 0x48, 3), (66, 0x49, 7), (98, 0x50, 1), (106, 0x51, 1)];
        foreach ((int at, byte type, byte words) in options)
        {
            frame[at] = 0x01;
            frame[at + 1] = 0x11;
            frame[at + 2] = type;
            frame[at + 3] = words;
        }
    }
}
