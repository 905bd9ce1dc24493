using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// The few values a world is made of, so that rows and frames have to do with each other: what a table holds is what a frame asks for about as
/// often as not.
/// </summary>
internal sealed record Palette
{
    private static readonly ushort[] UsualPorts = [0, 53, 80, 443, 4000, 6081, 8080, 40000, 65535];

    public required Vni[] Vnis { get; init; }

    /// <summary>Overlay addresses.</summary>
    public required Ipv4Address[] Inner { get; init; }

    /// <summary>Underlay addresses.</summary>
    public required Ipv4Address[] Hosts { get; init; }

    public required MacAddress[] Macs { get; init; }

    public ushort[] Ports { get; init; } = UsualPorts;

    /// <summary>The time, in ticks, that frames come at, give or take.</summary>
    public uint Now { get; init; }

    public required DataPlaneSettings Settings { get; init; }

    /// <summary>A world nobody has made yet.</summary>
    public static Palette Random(FuzzRandom random, DataPlaneSettings settings)
    {
        uint network = random.UInt32() & 0xFFFF_FE00, underlay = random.UInt32() & 0xFFFF_FF00;
        if (random.Chance(9, 10))
        {
            // Mostly as anybody would have it; group addresses and the like come by themselves.
            (network, underlay) = (0x0A00_0000 | network & 0x000F_FE00, 0xAC11_0000 | underlay & 0xFF00);
        }
        return new Palette
        {
            Vnis = [new Vni(3), new Vni(3), new Vni(3), new Vni(5), new Vni((ulong)random.Below(1 << 24)), new Vni(0xFF_FFFF)],
            Inner = [.. Enumerable.Range(0, 10).Select(i => new Ipv4Address(network + (uint)(i % 2 << 8) + 1 + (uint)(i / 2)))],
            Hosts = [.. Enumerable.Range(0, 8).Select(i => new Ipv4Address(underlay + 11 + (uint)i))],
            Macs = [.. Enumerable.Range(0, 8).Select(i => new MacAddress(0x0242_AC11_0000u + (uint)i))],
            Now = random.Of<uint>([0, 1, 1 << 20, uint.MaxValue - 3, random.UInt32()]),
            Settings = settings,
        };
    }

    /// <summary>The values a state has in it.</summary>
    public static Palette Of(DropletState state, FuzzRandom random, DataPlaneSettings settings)
    {
        Palette any = Random(random, settings);
        List<Vni> vnis = [];
        List<Ipv4Address> inner = [], hosts = [];
        List<MacAddress> macs = [];
        List<ushort> ports = [.. UsualPorts];
        foreach (StateRow<EndpointKey, EndpointValue> row in state.Of(Tables.Endpoints))
        {
            (row.Key.Vni == Vni.Substrate ? hosts : inner).Add(row.Key.Address);
            if (row.Key.Vni != Vni.Substrate)
            {
                vnis.Add(row.Key.Vni);
            }
            macs.Add(row.Value?.Mac ?? default);
        }
        foreach (StateRow<AgentId, AgentConfig> row in state.Of(Tables.Agents))
        {
            AgentConfig config = row.Value ?? default;
            inner.Add(config.Endpoint.Address);
            vnis.Add(config.Endpoint.Vni);
            hosts.Add(config.NicAddress);
        }
        foreach (StateRow<PolicyScope, byte> row in state.Of(Tables.PolicyEnforced))
        {
            inner.Add(row.Key.Local.Address);
        }
        foreach (StateRow<NatKey, NatValue> row in state.Of(Tables.ForwardNat).Concat(state.Of(Tables.ReverseNat)))
        {
            inner.AddRange([row.Key.Flow.Source, row.Key.Flow.Destination]);
            ports.AddRange([row.Key.Flow.SourcePort, row.Key.Flow.DestinationPort]);
        }
        foreach (StateRow<TranslationKey, TranslationValue> row in state.Of(Tables.Translations))
        {
            inner.AddRange([row.Key.Flow.Source, row.Key.Flow.Destination]);
            ports.AddRange([row.Key.Flow.SourcePort, row.Key.Flow.DestinationPort]);
        }
        foreach (StateRow<PortForwardKey, PortForward> row in state.Of(Tables.PortForwards))
        {
            inner.Add(row.Key.Public.Address);
            ports.AddRange([row.Key.Port, row.Value?.Port ?? 0]);
        }
        foreach (StateRow<ConnectionKey, ConnectionState> row in state.Of(Tables.Connections))
        {
            inner.AddRange([row.Key.Flow.Source, row.Key.Flow.Destination]);
            ports.AddRange([row.Key.Flow.SourcePort, row.Key.Flow.DestinationPort]);
        }
        foreach (StateRow<ServicePortKey, ushort> row in state.Of(Tables.ServicePorts))
        {
            ports.AddRange([row.Key.Port, row.Key.Port, row.Value ?? 0]);
        }
        foreach (StateRow<PolicyPortKey, PolicyBits> row in state.Of(Tables.PolicyPorts))
        {
            ports.AddRange([row.Key.Port, row.Key.Port]);
        }
        foreach (StateRow<NetworkKey, NetworkValue> row in state.Of(Tables.Networks))
        {
            inner.Add(new Ipv4Address(row.Key.Prefix.Address.Value + 7 & ~0u));
        }
        return any with
        {
            Vnis = vnis.Count == 0 ? any.Vnis : [.. vnis],
            Inner = inner.Count == 0 ? any.Inner : [.. inner.Distinct(), any.Inner[0]],
            Hosts = hosts.Count == 0 ? any.Hosts : [.. hosts.Distinct(), any.Hosts[0]],
            Macs = macs.Count == 0 ? any.Macs : [.. macs.Distinct()],
            Ports = [.. ports],
        };
    }

    public Ipv4Address AnInner(FuzzRandom random) => random.Chance(1, 25) ? new Ipv4Address(random.UInt32()) : random.Of(Inner);

    public Ipv4Address AHost(FuzzRandom random) => random.Of(Hosts);

    public MacAddress AMac(FuzzRandom random) => random.Chance(1, 6) ? new MacAddress(random.UInt64() >> 16) : random.Of(Macs);

    public Vni AVni(FuzzRandom random) => random.Of(Vnis);

    public ushort APort(FuzzRandom random) => random.Chance(1, 12) ? random.Word() : random.Of(Ports);

    public static IpProtocol AProtocol(FuzzRandom random) => random.Below(10) switch
    {
        < 3 => IpProtocol.Tcp,
        < 6 => IpProtocol.Udp,
        < 8 => IpProtocol.Icmp,
        8 => IpProtocol.Sctp,
        _ => (IpProtocol)random.Byte(),
    };

    /// <summary>When something was last seen: about now, about as long ago as something lives, or at any time.</summary>
    public uint ATick(FuzzRandom random) => random.Below(8) switch
    {
        0 => 0,
        1 => random.UInt32(),
        2 => Now + (uint)random.Below(3),
        < 6 => Now - LabClock.Ticks(random.Below(4) switch
        {
            0 => Settings.DirectPathLifetime,
            1 => Settings.EstablishedTimeout,
            2 => Settings.TransientTimeout,
            _ => Settings.DatagramTimeout,
        }) + (uint)random.Between(-2, 2),
        _ => Now - (uint)random.Below(64),
    };
}
