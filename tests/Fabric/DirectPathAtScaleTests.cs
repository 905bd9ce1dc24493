using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

/// <summary>
/// The direct-path oracle of spec §6.4 on a generated topology of thousands of endpoints with several bouncers and dividers, for many pairs: outer TTLs of ICMP on
/// the wires of both hosts, of each network's bouncers and of the VPC's dividers, after a ping each way.
/// </summary>
public sealed class DirectPathAtScaleTests
{
    private const int Pairs = 150;

    private static readonly GeneratedTopology Generated = new(new GeneratedShape(Droplets: 120, Endpoints: 4_000)
    {
        EndpointsPerNetwork = 40,
        NetworksPerVpc = 5,
        BouncersPerNetwork = 3,
        DividersPerVpc = 2,
    });

    [Fact]
    public void WithinANetworkNoPacketMeetsABouncer()
    {
        (EndpointId A, EndpointId C)[] pairs = PairsOf(sameNetwork: true);
        Observed observed = Run(DataPlaneSettings.Mizar, pairs);
        Assert.All(pairs, pair =>
        {
            Assert.Equal("64×4", observed.Of(pair, Role.FirstHost));
            Assert.Equal("64×4", observed.Of(pair, Role.SecondHost));
            Assert.Equal("", observed.Of(pair, Role.FirstBouncers));
            Assert.Equal("", observed.Of(pair, Role.Dividers));
        });
    }

    [Fact]
    public void AcrossNetworksTheFirstPacketAloneTakesFourHops()
    {
        (EndpointId A, EndpointId C)[] pairs = PairsOf(sameNetwork: false);
        Observed observed = Run(DataPlaneSettings.Mizar, pairs);
        Assert.All(pairs, pair =>
        {
            Assert.Equal("64×2 63×2", observed.Of(pair, Role.FirstHost));
            Assert.Equal("64×2 63×1 61×1", observed.Of(pair, Role.SecondHost));
            Assert.Equal("64×1 63×1", observed.Of(pair, Role.FirstBouncers));
            Assert.Equal("62×1 61×1", observed.Of(pair, Role.SecondBouncers));
            Assert.Equal("64×3 63×4 62×1", observed.Of(pair, Role.Dividers));
        });
    }

    /// <summary>The dialect <c>lab</c> leaves the hosts' names in the frame: a divider too is met by the first packet alone.</summary>
    [Fact]
    public void InTheDialectLabNobodyIsMetTwice()
    {
        (EndpointId A, EndpointId C)[] pairs = PairsOf(sameNetwork: false);
        Observed observed = Run(DataPlaneSettings.Lab, pairs);
        Assert.All(pairs, pair =>
        {
            Assert.Equal("64×4", observed.Of(pair, Role.FirstHost));
            Assert.Equal("64×3 61×1", observed.Of(pair, Role.SecondHost));
            Assert.Equal("64×1 63×1", observed.Of(pair, Role.FirstBouncers));
            Assert.Equal("62×1 61×1", observed.Of(pair, Role.SecondBouncers));
            Assert.Equal("63×1 62×1", observed.Of(pair, Role.Dividers));
        });
    }

    private static Observed Run(DataPlaneSettings settings, (EndpointId A, EndpointId C)[] pairs)
    {
        Topology topology = Generated.WriteOut();
        List<Step> steps = [];
        foreach ((EndpointId a, EndpointId c) in pairs)
        {
            foreach ((EndpointId from, EndpointId to) in new[] { (a, c), (c, a) })
            {
                steps.Add(new PingStep(from, topology[to].Address, 1, SimTime.FromMilliseconds(10), 56, SimTime.FromSeconds(1)) { Name = $"step-{steps.Count}", Where = default });
            }
        }
        Plan plan = Plan.Create(new Scenario { Name = "scale", File = "scale.yaml", Topology = topology, Timeline = [.. steps], Expect = [], Settings = settings });
        BackendRun run = SimulatedRun.Execute(plan, new ModelDataPlane(topology.Droplets.Length, settings), TestNet.ModelTraits, 1, CancellationToken.None);
        Assert.All(run.Outcomes, outcome => Assert.Equal(1, outcome.Arrived));
        return new Observed(topology, run);
    }

    /// <summary>Pairs of one VPC, no endpoint in two of them, whose hosts and all who may serve them are droplets of their own.</summary>
    private static (EndpointId A, EndpointId C)[] PairsOf(bool sameNetwork)
    {
        Random random = new(64);
        List<(EndpointId A, EndpointId C)> pairs = [];
        SortedSet<EndpointId> taken = [];
        while (pairs.Count < Pairs)
        {
            EndpointId a = new(random.Next(Generated.EndpointCount)), c = new(random.Next(Generated.EndpointCount));
            NetworkId here = Generated.NetworkOf(a), there = Generated.NetworkOf(c);
            DropletId[] droplets =
            [
                Generated.HostOf(a), Generated.HostOf(c), .. Generated.Roles[here].Bouncers, .. sameNetwork ? [] : Generated.Roles[there].Bouncers,
                .. Generated.Roles[Generated.VpcOf(a)].Dividers,
            ];
            if (Generated.VpcOf(a) == Generated.VpcOf(c) && here == there == sameNetwork && droplets.Distinct().Count() == droplets.Length
                && !taken.Contains(a) && !taken.Contains(c) && a != c)
            {
                taken.Add(a);
                taken.Add(c);
                pairs.Add((a, c));
            }
        }
        return [.. pairs];
    }

    private enum Role
    {
        FirstHost,
        SecondHost,
        FirstBouncers,
        SecondBouncers,
        Dividers,
    }

    /// <summary>ICMP on the wire, by pair of endpoints and by droplet.</summary>
    private sealed class Observed
    {
        private readonly Topology topology;
        private readonly Dictionary<(ulong Vni, Ipv4Address Low, Ipv4Address High), List<(DropletId At, int Ttl)>> seen = [];

        public Observed(Topology topology, BackendRun run)
        {
            this.topology = topology;
            foreach (Sighting sighting in run.Sightings)
            {
                byte[] frame = sighting.FrameIn;
                if (sighting.Kind is SightingKind.WireSent or SightingKind.WireReceived && Wire.InnerProtocolOf(frame) == InnerProtocol.Icmp)
                {
                    ulong vni = ((ulong)frame[46] << 16) | ((ulong)frame[47] << 8) | frame[48];
                    Ipv4Address source = Ipv4Address.Read(frame.AsSpan(128 + 12)), destination = Ipv4Address.Read(frame.AsSpan(128 + 16));
                    (Ipv4Address, Ipv4Address) ends = source.CompareTo(destination) < 0 ? (source, destination) : (destination, source);
                    if (!seen.TryGetValue((vni, ends.Item1, ends.Item2), out List<(DropletId At, int Ttl)>? sightings))
                    {
                        seen[(vni, ends.Item1, ends.Item2)] = sightings = [];
                    }
                    sightings.Add((sighting.Droplet, Wire.OuterTtl(frame)));
                }
            }
        }

        public string Of((EndpointId A, EndpointId C) pair, Role role)
        {
            Endpoint a = topology[pair.A], c = topology[pair.C];
            DropletId[] droplets = role switch
            {
                Role.FirstHost => [a.Droplet],
                Role.SecondHost => [c.Droplet],
                Role.FirstBouncers => [.. topology[a.Network].Bouncers],
                Role.SecondBouncers => [.. topology[c.Network].Bouncers],
                _ => [.. topology[topology.VpcOf(pair.A)].Dividers],
            };
            (Ipv4Address Low, Ipv4Address High) ends = a.Address.CompareTo(c.Address) < 0 ? (a.Address, c.Address) : (c.Address, a.Address);
            return string.Join(
                ' ',
                seen[(topology.VniOf(pair.A).Value, ends.Low, ends.High)]
                    .Where(s => droplets.Contains(s.At)).GroupBy(s => s.Ttl).OrderByDescending(g => g.Key).Select(g => $"{g.Key}×{g.Count()}"));
        }
    }
}
