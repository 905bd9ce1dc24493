using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Fabric;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Tcp;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Theory;

/// <summary>
/// Runs of every kind whose fingerprints are committed (<c>fingerprints.txt</c>): another seed, workload, fabric and data plane each, on one and two threads and several
/// partitions. A fingerprint that changes is a simulator that says something else than before, and wants a reason in the commit that changes the file.
/// </summary>
public sealed class FingerprintTests
{
    private const int Droplets = 48;
    private static readonly string File = Path.Combine(Repository.Root, "tests", "Theory", "fingerprints.txt");
    private static readonly Pacing Paced = new(1_000, new DataRate(25_000_000_000));
    private static readonly LinkSpec Tight = new(SimTime.FromNanoseconds(700), new DataRate(40_000_000_000), 64) { QueueBytes = 60_000, MarkFrames = 20 };

    /// <summary>Name, and what makes the run on so many partitions and threads.</summary>
    private static readonly (string Name, Func<int, int, string> Run)[] Runs =
    [
        ("relay, star, seed 1", (p, t) => Relay(FabricShape.Star, 1, p, t)),
        ("relay, leaf-spine of 6 and 4, seed 2", (p, t) => Relay(FabricShape.LeafSpine(6, 4), 2, p, t)),
        ("relay, fat-tree of 6, full queues, seed 3", (p, t) => Relay(FabricShape.FatTree(6), 3, p, t, Tight)),
        ("relay on the data plane lab, leaf-spine, seed 4", (p, t) => Overlay(DataPlaneSettings.Lab, 4, p, t)),
        ("relay on the data plane mizar, leaf-spine, seed 5", (p, t) => Overlay(DataPlaneSettings.Mizar, 5, p, t)),
        ("poisson web-search requests, fat-tree, seed 6", (p, t) => Play(FabricShape.FatTree(6), 6, p, t, new OpenLoop(
            "web", new UniformPeers(Droplets), Exponential.Spans(SimTime.FromMicroseconds(40)), new BoundedPareto(1.1, 500, 2e5), Paced) { Replies = new Lognormal(7, 1.5) })),
        ("zipf pairs and incast, leaf-spine, seed 7", (p, t) => Play(FabricShape.LeafSpine(6, 4), 7, p, t, new MergedTraffic(
            OpenLoop.Poisson("z", new ZipfPeers(Droplets, 0.9, 7), new DataRate(3_000_000_000), new Exponential(8_000), Paced),
            new Incast(Droplets, 20, 20_000, SimTime.FromMicroseconds(50), 12, Paced)))),
        ("on-off and a cloud's matrix, star, seed 8", (p, t) => Play(FabricShape.Star, 8, p, t, new MergedTraffic(
            new OnOff("o", new UniformPeers(Droplets), new BoundedPareto(1.4, 1e6, 1e9), new Exponential(2e7), Paced),
            new SparseMatrix(Droplets, Pacing.AtOnce(900), scale: 2e4)))),
        ("scenario with tcp, udp and icmp, dialect mizar, seed 9", (_, _) => Scenario(DataPlaneSettings.Mizar, FabricShape.Star, 9)),
        ("scenario with tcp on cores, dialect lab, leaf-spine, seed 10", (_, _) => Scenario(DataPlaneSettings.Lab, FabricShape.LeafSpine(2, 2), 10)),
    ];

    public static TheoryData<string> Names => [.. Runs.Select(run => run.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_has_the_fingerprint_that_is_committed(string name)
    {
        Func<int, int, string> run = Runs.Single(r => r.Name == name).Run;
        string alone = run(1, 1);
        Assert.Equal(alone, run(3, 1));
        Assert.Equal(alone, run(3, 2));
        string committed = System.IO.File.ReadAllLines(File).SingleOrDefault(line => line.EndsWith("  " + name, StringComparison.Ordinal))?[..32] ?? "none";
        Assert.True(committed == alone, $"tests/Theory/fingerprints.txt has {committed}; the run gives\n{alone}  {name}");
    }

    [Fact]
    public void Runs_differ() => Assert.Equal(Runs.Length, System.IO.File.ReadAllLines(File).Select(line => line[..32]).Distinct().Count());

    private static string Relay(FabricShape shape, ulong seed, int partitions, int threads, LinkSpec? link = null)
    {
        RelaySetup setup = new(shape, Droplets, partitions, seed) { Audited = true };
        return Finish(RelayNetwork.Bare(link is { } given ? setup with { Link = given } : setup), 120, threads);
    }

    private static string Play(FabricShape shape, ulong seed, int partitions, int threads, ITraffic traffic)
    {
        RelayNetwork network = RelayNetwork.OfTraffic(new RelaySetup(shape, Droplets, partitions, seed) { Link = Tight, Audited = true }, traffic);
        string digest = Finish(network, 600, threads);
        StableHash hash = default;
        hash.Add(digest);
        hash.Add(HistogramText.Write(network.Measures.Latency(FlowClass.DirectPath)));
        hash.Add(HistogramText.Write(network.Measures.Hops(FlowClass.DirectPath)));
        return hash.Finish().ToString("x32");
    }

    private static string Finish(RelayNetwork network, int microseconds, int threads)
    {
        network.RunFor(SimTime.FromMicroseconds(microseconds), threads, CancellationToken.None);
        network.CloseAudit();
        Assert.InRange(network.Totals.Arrived, 1_000, long.MaxValue);
        return network.Fingerprint.ToString("x32");
    }

    private static string Overlay(DataPlaneSettings settings, ulong seed, int partitions, int threads)
    {
        GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(Droplets, Droplets * 20)), settings);
        ModelDataPlane model = plan.Build(threads: 1);
        RelaySetup setup = new(FabricShape.LeafSpine(6, 4), Droplets, partitions, seed) { Audited = true };
        return Finish(RelayNetwork.OnDataPlane(setup, plan, model, bothWays: seed % 2 == 0), 60, threads);
    }

    private static string Scenario(DataPlaneSettings settings, FabricShape shape, ulong seed)
    {
        TestNet net = new TestNet { Settings = settings, Shape = shape, Calibration = Calibration.UpstreamMeasured, Nic = new NicSpec(2, 64), Link = Tight }
            .Droplets("left", "right", "bouncer", "divider")
            .Vpc("blue", 3, "10.0.0.0/16", "divider")
            .Network("net0", "blue", "10.0.0.0/24", "bouncer")
            .Network("net1", "blue", "10.0.1.0/24", "bouncer")
            .Endpoint("a", "net0", "10.0.0.2", "left")
            .Endpoint("b", "net0", "10.0.0.3", "right")
            .Endpoint("c", "net1", "10.0.1.3", "right");
        BackendRun run = net
            .Tcp("a", "b", block: 200_000, blocks: 3, intervalMilliseconds: 1, background: true)
            .Tcp("c", "a", block: 60_000, blocks: 2, intervalMilliseconds: 1, reply: true, background: true, port: 9002)
            .Ping("b", "c", count: 3)
            .Udp("a", "c", count: 5, reply: true)
            .Run(seed);
        Assert.True(run.Outcomes.All(o => o.Intact && o.Trouble is null));
        return Fingerprint.Of(run);
    }
}
