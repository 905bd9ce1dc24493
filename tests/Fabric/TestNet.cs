using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

/// <summary>Builds small scenarios in code: droplets by name, networks on bouncers, endpoints on droplets, then steps.</summary>
internal sealed class TestNet
{
    public static readonly BackendTraits ModelTraits = new() { Name = "model", Live = false, TableChangesPerHop = true, EnforcesLinks = true };

    private readonly List<string> droplets = [];
    private readonly List<Vpc> vpcs = [];
    private readonly List<Network> networks = [];
    private readonly List<Endpoint> endpoints = [];
    private readonly List<Step> steps = [];

    public LinkSpec Link { get; set; } = new(SimTime.FromMicroseconds(10), new DataRate(10_000_000_000), 512);

    public int MtuBytes { get; set; } = 3000;

    public FabricShape Shape { get; set; } = FabricShape.Star;

    public NicSpec Nic { get; set; } = NicSpec.None;

    public Calibration Calibration { get; set; } = Calibration.None;

    public ProgrammingOrder Order { get; set; } = ProgrammingOrder.Safe;

    public SimTime Pace { get; set; } = SimTime.Zero;

    public DataPlaneSettings Settings { get; set; } = DataPlaneSettings.Mizar;

    public TestNet Droplets(params string[] names)
    {
        droplets.AddRange(names);
        return this;
    }

    public TestNet Vpc(string name, ulong vni, string cidr, params string[] dividers)
    {
        vpcs.Add(new Vpc(name, new Vni(vni), Prefix(cidr), [.. dividers.Select(DropletOf)]));
        return this;
    }

    public TestNet Network(string name, string vpc, string cidr, params string[] bouncers)
    {
        Ipv4Prefix prefix = Prefix(cidr);
        Ipv4Address gateway = new(prefix.Address.Value + 1);
        MacAddress mac = new(0x02a5_5b00_0000u | (uint)networks.Count);
        networks.Add(new Network(name, new VpcId(vpcs.FindIndex(v => v.Name == vpc)), prefix, gateway, mac, [.. bouncers.Select(DropletOf)]));
        return this;
    }

    public TestNet Endpoint(string name, string network, string address, string droplet, int mtu = 1500, bool initially = true)
    {
        MacAddress mac = new(0x0600_0000_0000u | (uint)endpoints.Count);
        endpoints.Add(new Endpoint(
            name, new NetworkId(networks.FindIndex(n => n.Name == network)), EndpointKind.Simple, Ipv4Address.Parse(address), mac, DropletOf(droplet), mtu, initially));
        return this;
    }

    public TestNet Ping(string from, string to, int count = 1, int payload = 56, string? at = null, int timeoutMilliseconds = 1000) => Add(
        new PingStep(EndpointOf(from), AddressOf(to), count, SimTime.FromMilliseconds(10), payload, SimTime.FromMilliseconds(timeoutMilliseconds)) { Name = "", Where = default });

    public TestNet Udp(string from, string to, int bytes = 100, int count = 1, bool reply = false, ushort port = 5001, bool background = false) => Add(
        new UdpStep(EndpointOf(from), AddressOf(to), port, Bytes(bytes), count, SimTime.FromMilliseconds(10), reply, SimTime.FromSeconds(1)) { Name = "", Where = default, Background = background });

    public TestNet Tcp(
        string from, string to, int block = 100, int blocks = 1, int intervalMilliseconds = 10, bool reply = false, bool background = false, ushort port = 9001) => Add(
        new TcpStep(EndpointOf(from), AddressOf(to), port, Bytes(block), blocks, SimTime.FromMilliseconds(intervalMilliseconds), reply, SimTime.FromSeconds(20))
        {
            Name = "",
            Where = default,
            Background = background,
        });

    public TestNet Add(Step step)
    {
        steps.Add(step with { Name = $"step-{steps.Count + 1}" });
        return this;
    }

    public DropletId DropletOf(string name) => new(droplets.IndexOf(name));

    public EndpointId EndpointOf(string name) => new(endpoints.FindIndex(e => e.Name == name));

    public NetworkId NetworkOf(string name) => new(networks.FindIndex(n => n.Name == name));

    public Ipv4Address AddressOf(string endpointOrAddress) =>
        endpoints.FindIndex(e => e.Name == endpointOrAddress) is >= 0 and int found ? endpoints[found].Address : Ipv4Address.Parse(endpointOrAddress);

    public Plan Build()
    {
        Topology topology = new()
        {
            Underlay = new Underlay(MtuBytes, Link) { Shape = Shape, Nic = Nic },
            Droplets = [.. droplets.Select((name, i) => new Droplet(name, new Ipv4Address(0xAC11_000Bu + (uint)i), new MacAddress(0x0242_AC11_000Bu + (uint)i), Link))],
            Vpcs = [.. vpcs],
            Networks = [.. networks],
            Endpoints = [.. endpoints],
        };
        return Plan.Create(new Scenario
        {
            Name = "test", File = "test.yaml", Topology = topology, Timeline = [.. steps], Expect = [], Order = Order, Pace = Pace, Settings = Settings,
        });
    }

    public BackendRun Run(ulong seed = 1) => Run(out _, seed);

    public BackendRun Run(out Plan plan, ulong seed = 1)
    {
        plan = Build();
        FabricOptions options = new(seed, Calibration);
        return SimulatedRun.Execute(
            plan, new ModelDataPlane(droplets.Count, Settings), ModelTraits, options, SimulatedRun.DefaultEventLimit, CancellationToken.None);
    }

    /// <summary>Outer TTLs of Geneve frames that carry this, seen on a droplet's wire, with their counts: <c>64×2 63×1</c>.</summary>
    public string TtlsAt(BackendRun run, string droplet, InnerProtocol protocol)
    {
        SortedDictionary<int, int> counts = [];
        foreach (Sighting seen in run.Sightings)
        {
            bool onWire = seen.Kind is SightingKind.WireSent or SightingKind.WireReceived;
            if (onWire && seen.Droplet == DropletOf(droplet) && Wire.InnerProtocolOf(seen.FrameIn) == protocol)
            {
                int ttl = Wire.OuterTtl(seen.FrameIn);
                counts[ttl] = counts.GetValueOrDefault(ttl) + 1;
            }
        }
        return string.Join(' ', counts.Reverse().Select(c => $"{c.Key}×{c.Value}"));
    }

    /// <summary>Every wire segment of the run, as <c>arp left→switch 64</c>.</summary>
    public string[] Segments(BackendRun run) =>
    [
        .. run.Sightings.Where(s => s.Kind == SightingKind.WireReceived).Select(s =>
            $"{Wire.InnerProtocolOf(s.FrameIn).ToString().ToLowerInvariant()} "
            + $"{droplets[(int)(Wire.OuterSource(s.FrameIn).Value - 0xAC11_000B)]}→{droplets[s.Droplet.Index]} {Wire.OuterTtl(s.FrameIn)}"),
    ];

    private static ImmutableArray<byte> Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    private static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException(text);
}

/// <summary>Reads encapsulated frames by the offsets of spec §2, without any code of the simulator's.</summary>
internal static class Wire
{
    public static int OuterTtl(byte[] frame) => frame[22];

    public static Ipv4Address OuterSource(byte[] frame) => Ipv4Address.Read(frame.AsSpan(26));

    public static InnerProtocol InnerProtocolOf(byte[] frame)
    {
        if (frame[126] == 0x08 && frame[127] == 0x06)
        {
            return InnerProtocol.Arp;
        }
        return frame[128 + 9] switch
        {
            1 => InnerProtocol.Icmp,
            6 => InnerProtocol.Tcp,
            17 => InnerProtocol.Udp,
            _ => InnerProtocol.Any,
        };
    }
}
