using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Studies;

/// <summary>The study <c>traffic</c> against what follows from the data plane and the fabric alone.</summary>
public sealed class TrafficStudyTests
{
    private const int Droplets = 20, Members = 40;

    /// <summary>Two links and a relay more for every bouncer and divider (spec §3.6, §3.7).</summary>
    [Fact]
    public void Hops_are_those_of_the_ways()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            TrafficStudy within = Study(settings, Web(), Members);
            Assert.Equal(0, Ran.Value(within, "divider_share"));
            Assert.Equal(4, Ran.Value(within, "bouncer_hops"));
            Assert.Equal(1, Ran.Value(within, "arrived_share"));
            TrafficStudy across = Study(settings, Web(replies: 100), Members * 2);
            Assert.Equal(1, Ran.Value(across, "arrived_share"));
            Assert.InRange(Ran.Value(across, "divider_share"), 0.15, 0.6);
            Assert.InRange(Ran.Value(across, "divider_hops"), 2, 8);
            Assert.Equal(8, Ran.Value(across, "most_hops"));
            Ran.AssertRepeats(across);
        }
    }

    [Fact]
    public void An_empty_path_takes_what_its_links_take()
    {
        // One flow in 100 ms of everybody: nobody waits for anybody. 100 bytes of payload, 42 of headers, 114 of the tunnel at 100 Gb/s, and 1 us a link.
        TrafficStudy study = Study(Ran.Mizar, new OpenLoop("rare", new UniformPeers(4), new Exponential(1e11), new Constant(100), Pacing.AtOnce(1_000)), 4, SimTime.FromMilliseconds(3_000));
        double link = 1_000 + ((100 + 42 + 114) * 0.08);
        Assert.Equal(2 * link, Ran.Value(study, "direct_latency"), 1);
        Assert.Equal(4 * link, Ran.Value(study, "bouncer_latency"), 1);
    }

    /// <summary>Inner IP packets of more than the underlay's MTU − 114 do not get through: lost without a word upstream, refused with ICMP in the dialect lab.</summary>
    [Fact]
    public void Beyond_the_MTU_nothing_arrives()
    {
        foreach ((int inner, bool fits) in ((int, bool)[])[(1_386, true), (1_391, false)])
        {
            ITraffic law = new OpenLoop("big", new UniformPeers(Members), new Exponential(100e6), new Constant(inner - 28), Pacing.AtOnce(inner - 28));
            TrafficStudy mizar = Study(Ran.Mizar, law, Members), lab = Study(Ran.Lab, law, Members);
            Assert.InRange(Ran.Value(mizar, "arrived_share"), fits ? 1 : 0, fits ? 1 : 0.01);
            Assert.Equal(fits, Ran.Value(mizar, "lost_mtu") == 0);
            Assert.Equal(fits, Ran.Value(lab, "refused") == 0);

            // What stays on a droplet is in no tunnel; upstream that is only what its own bouncer gives back to it.
            Assert.InRange(Ran.Value(lab, "arrived_share"), fits ? 1 : 0.005, fits ? 1 : 0.1);
        }
    }

    /// <summary>Upstream copies the inner TTL: 1 is spent at a bouncer, and enough on a direct path.</summary>
    [Fact]
    public void A_TTL_of_1_does_not_get_past_a_bouncer()
    {
        TrafficStudy mizar = Study(Ran.Mizar, Web(), Members, ttl: 1);
        Assert.Equal(0, Ran.Value(mizar, "bouncer_share"));
        Assert.True(Ran.Value(mizar, "direct_share") > 0.9);
        Assert.Equal(Ran.Value(mizar, "sent") - Ran.Value(mizar, "arrived"), Ran.Value(mizar, "ended_ttl"));
        Assert.True(Ran.Value(mizar, "ended_ttl") > 0);
        Assert.Equal(1, Ran.Value(Study(Ran.Lab, Web(), Members, ttl: 1), "arrived_share"));
    }

    [Fact]
    public void Flows_are_slowed_down_by_each_other_and_by_nothing_else()
    {
        TrafficStudy Flows(double gap) => Study(
            Ran.Lab, new OpenLoop("flows", new UniformPeers(Members), new Exponential(gap), new Constant(20_000), Pacing.AtOnce(1 << 30)), Members, SimTime.FromMilliseconds(2), transport: Transport.Tcp);
        StudyResult alone = Ran.Of(Flows(5e9)), busy = Ran.Of(Flows(20e6));
        int mean = Flows(1e9).Measures.ToList().FindIndex(m => m.Name == "slowdown_mean");
        int least = Flows(1e9).Measures.ToList().FindIndex(m => m.Name == "slowdown_least");
        Assert.InRange(alone.Values[mean], 1, 1.01);
        Assert.True(busy.Values[mean] > 1.05, $"{busy.Values[mean]} when busy, {alone.Values[mean]} when not");
        Assert.True(alone.Values[least] >= 0.999 && busy.Values[least] >= 0.9, $"least {alone.Values[least]} and {busy.Values[least]}");
        Assert.Equal(Ran.Value(Flows(20e6), "flows"), Ran.Value(Flows(20e6), "flows_ended"));
    }

    /// <summary>Rows preprogrammed and neighbours known: no ARP, no packet by a bouncer, and nothing that one flow could teach another, so that none is faster among others than alone.</summary>
    [Fact]
    public void In_a_full_mesh_nothing_is_learned()
    {
        OpenLoop law = new("flows", new UniformPeers(Members), new Exponential(20e6), new Constant(3_000), Pacing.AtOnce(1 << 30));
        TrafficStudy Mesh(bool preprogrammed) => Study(
            Ran.Lab, law, Members, SimTime.FromMilliseconds(2), transport: Transport.Tcp, change: setup => setup with { StaticNeighbours = true, Preprogrammed = preprogrammed });
        Assert.Equal(0, Ran.Value(Mesh(true), "arp_sent"));
        Assert.Equal(0, Ran.Value(Mesh(true), "bouncer_share"));
        Assert.True(Ran.Value(Mesh(true), "slowdown_least") >= 1 - 1e-9, $"least {Ran.Value(Mesh(true), "slowdown_least")}");
        Assert.Equal(0, Ran.Value(Mesh(true), "timed_out"));
        Assert.Equal(0, Ran.Value(Mesh(false), "arp_sent"));
        Assert.True(Ran.Value(Mesh(false), "bouncer_share") > 0);
        Assert.True(Ran.Value(Study(Ran.Lab, law, Members, SimTime.FromMilliseconds(2), transport: Transport.Tcp), "arp_sent") > 0);
    }

    private static OpenLoop Web(int replies = 0) => new("web", new UniformPeers(Members), new Exponential(100e6), new Constant(3_000), Pacing.AtOnce(1_000))
    {
        Replies = replies > 0 ? new Constant(replies) : null,
    };

    private static TrafficStudy Study(DataPlaneSettings settings, ITraffic law, int group, SimTime? span = null, byte ttl = 64, Transport transport = Transport.Udp, Func<TrafficSetup, TrafficSetup>? change = null)
    {
        GeneratedTopology topology = new(new GeneratedShape(Droplets, Droplets * 8)
        {
            EndpointsPerNetwork = Members,
            NetworksPerVpc = 2,
            Underlay = new(1_500, new LinkSpec(SimTime.FromMicroseconds(1), new DataRate(100_000_000_000), LinkSpec.NoLimit)),
        });

        // Whoever talks across networks draws among both.
        ITraffic grouped = new GroupedTraffic(topology.EndpointCount, group, members => law is OpenLoop && group > Members ? new Across(law, Members) : law);
        TrafficSetup setup = new([new(grouped, transport)], span ?? SimTime.FromMilliseconds(1)) { Ttl = ttl };
        return new TrafficStudy(new GeneratedPlan(topology, settings), change?.Invoke(setup) ?? setup, SimTime.FromMilliseconds(5))
        {
            Slowdowns = transport == Transport.Tcp,
        };
    }

    /// <summary>Every second flow goes to the member of the other network that has its destination's number.</summary>
    private sealed class Across(ITraffic law, int members) : ITraffic
    {
        public ITrafficStream StreamOf(int source, ulong seed) => new Stream(law.StreamOf(source % members, seed + (ulong)(source / members)), source - (source % members), members);

        private sealed class Stream(ITrafficStream within, int first, int members) : ITrafficStream
        {
            public bool TryNext(out TrafficPacket packet)
            {
                bool any = within.TryNext(out packet);
                int network = packet.Flow % 2 == 0 ? first : members - first;
                packet = packet with { Source = packet.Source + first, Destination = packet.Destination + network };
                return any;
            }
        }
    }
}
