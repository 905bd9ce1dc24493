using System.Buffers.Binary;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// Tenants with the same addresses on the same droplets (spec 09 Q39). Each has a client, peers and a service, all clients on one droplet, and uses the same ports; every packet says whose it is. What
/// reaches an endpoint of another tenant is a breach; what does not reach its own tenant's is a collision: upstream's NAT caches know no VNI (§8.1 P9), so that the first tenant's
/// choice of a backend is made on all the others' packets.
/// </summary>
/// <param name="tenants">VPCs.</param>
/// <param name="packets">Of each tenant to its peer, and as many to its service.</param>
/// <param name="vnis">VNIs they share in turn; as many as tenants, or more, is one for each, as it must be.</param>
/// <param name="settings">With or without <see cref="Switches.VniInNatKeys"/>.</param>
public sealed class IsolationStudy(int tenants, int packets, int vnis, DataPlaneSettings settings) : IStudy
{
    private const ushort FirstPort = 20_000, PeerPort = 9;

    /// <summary>Of the payload, whose the packet is.</summary>
    private const int NameBytes = 4;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("breaches", "frames", "Packets that reached an endpoint of another tenant"),
        new("lost_plain", "", "Share of packets to peers that did not arrive"),
        new("lost_service", "", "Share of packets to services that no backend of their tenant got"),
        new("entries", "", "Rows of the clients' host's forward NAT cache"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId clients = net.Droplet(), peers = net.Droplet(), bouncer = net.Droplet(), divider = net.Droplet();
        List<EndpointId> from = [], to = [];
        List<ServiceId> services = [];
        List<int> tenantOf = [];
        for (int t = 0; t < tenants; t++)
        {
            NetworkId network = net.Network(net.Vpc(new Vni(1 + (ulong)(t % vnis)), divider), bouncer);
            from.Add(net.Endpoint(network, clients));
            to.Add(net.Endpoint(network, peers));

            // Each tenant's backend has another address, so that one tenant's choice is wrong for the others.
            EndpointId backend = default;
            for (int i = 0; i <= t; i++)
            {
                backend = net.Endpoint(network, peers, initially: i == t);
            }
            services.Add(net.Service(network, backend));
            while (tenantOf.Count <= backend.Index)
            {
                tenantOf.Add(t);
            }
        }
        RunningNet running = net.Begin(settings, record: true);
        for (int i = 0; i < packets; i++)
        {
            for (int t = 0; t < tenants; t++)
            {
                ushort port = (ushort)(FirstPort + i);
                running.Send(from[t], Named(net.Datagram(from[t], net.AddressOf(to[t]), port, PeerPort), t));
                running.Send(from[t], Named(net.Datagram(from[t], net.AddressOf(services[t]), port, StudyNet.ServicePort), t));
                running.Settle(run.Cancel);
            }
        }
        (long breaches, long plain, long service) = (0, 0, 0);
        foreach ((EndpointId at, byte[] frame) in running.Received)
        {
            int whose = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(frame.Length - NameBytes));
            bool toService = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Udp.DestinationPort)) == StudyNet.ServicePort;
            breaches += tenantOf[at.Index] == whose ? 0 : 1;
            plain += tenantOf[at.Index] == whose && !toService ? 1 : 0;
            service += tenantOf[at.Index] == whose && toService ? 1 : 0;
        }
        double all = (double)tenants * packets;
        return StudyResult.Of(breaches, 1 - (plain / all), 1 - (service / all), running.Model.Rows(clients, Tables.ForwardNat).Count);
    }

    /// <summary>UDP without a checksum, its last bytes the tenant's number.</summary>
    private static byte[] Named(byte[] frame, int tenant)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(frame.Length - NameBytes), tenant);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Udp.Checksum), 0);
        return frame;
    }
}
