using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

public class TextTests
{
    private static readonly Topology Topology = TestTopology.TwoNetworks();

    [Fact]
    public void ADifferenceOfFramesShowsPlaceColumnsMarksAndHex()
    {
        byte[] left = TestFrames.Encapsulate(TestFrames.EchoRequest(Topology[A], Topology[B]), Topology.Droplets[0], Topology.Droplets[2], ttl: 64);
        byte[] right = [.. left];
        right[22] = 63;
        string text = DifferenceText.Format(
            new Difference
            {
                Where = new SourcePlace("two.yaml", 7, 5),
                Subject = "step 'ping-1', a → b frame 1, hop 1 at d0 (agent)",
                Aspect = "frame out",
                Left = "164 bytes",
                Right = "164 bytes",
                Fields = [new FieldDifference("ipv4 ttl", "64", "63")],
                LeftFrame = left,
                RightFrame = right,
            },
            "model",
            "netns");
        string[] lines = text.Split('\n');
        Assert.Equal("two.yaml:7:5: step 'ping-1', a → b frame 1, hop 1 at d0 (agent): frame out differs", lines[0]);
        Assert.Contains(lines, line => line.Contains("model", StringComparison.Ordinal) && line.Contains("netns", StringComparison.Ordinal));
        // One field row and one hex line of each frame are marked, nothing else.
        Assert.Equal(3, lines.Count(line => line.TrimStart().StartsWith('≠')));
        Assert.Contains(lines, line => line.Contains("≠ ipv4 ttl", StringComparison.Ordinal));
        Assert.DoesNotContain("may differ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void MarksOfAStacksOwnFieldsAreExplained()
    {
        byte[] left = TestFrames.EchoRequest(Topology[A], Topology[B], 1);
        byte[] right = TestFrames.EchoRequest(Topology[A], Topology[B], 2);
        right[22] = 63;
        string text = DifferenceText.Format(new Difference
        {
            Subject = "s", Aspect = "frame", Left = "", Right = "", Fields = [new FieldDifference("ipv4 ttl", "64", "63")], LeftFrame = left, RightFrame = right,
        });
        Assert.Contains("is the sending stack's own and may differ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ADifferenceWithoutFramesShowsBothSides()
    {
        Comparison comparison = new()
        {
            Left = "model",
            Right = "bpf",
            Journeys = 1,
            Hops = 1,
            Frames = 0,
            TableRows = 0,
            Differences = [new Difference { Subject = "table direct_path on left at the end, key 3/10.0.0.2", Aspect = "table", Left = "a row", Right = "no such row" }],
            FurtherDifferences = 4,
        };
        Assert.Equal(
            "table direct_path on left at the end, key 3/10.0.0.2: table differs\n    model  a row\n    bpf    no such row\n\nand 4 more\n",
            DifferenceText.Format(comparison));
    }

    [Fact]
    public void AJourneyReadsHopByHop()
    {
        SyntheticRun run = new();
        run.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[B])).To(2).To(1).Deliver(B);
        string text = JourneyText.Format(Assert.Single(run.Journeys), Topology);
        string[] lines = text.Split('\n');
        Assert.Equal("a → b, ICMP echo request 10.0.0.2 → 10.0.0.3, TTL 64, 50 bytes: delivered to b after 80us", lines[0]);
        Assert.Contains(lines, line => line.EndsWith("d0 (agent)    REDIRECT agent slot 0 (ToBouncer)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Trim() == "172.17.0.2 → 172.17.0.4, TTL 64, VNI 3, return to 172.17.0.2");
        Assert.Contains(lines, line => line.Trim() == "encapsulated, 114 bytes");
        Assert.Contains(lines, line => line.Trim() == "ipv4 ttl: 64 → 63");
        Assert.Contains(lines, line => line.Trim() == "decapsulated");
        Assert.Contains(lines, line => line.EndsWith("b             received", StringComparison.Ordinal));
    }

    [Fact]
    public void AJourneyOfAnyKindAndEndCanBeRead()
    {
        SyntheticRun run = new(live: true);
        run.From(A, SimTime.Zero, TestFrames.Arp(Topology[A], Topology[B].Address)).To(2, arrives: false);
        run.From(A, SimTime.Zero, TestFrames.Tcp(Topology[A], Topology[C], 4000, 80, 0x12)).To(2).Ends(Verdict.Drop, Reason.NoVpc);
        run.From(A, SimTime.Zero, [1, 2, 3]);
        run.Add(new Sighting { Time = SimTime.Zero, Kind = SightingKind.WireReceived, Droplet = new DropletId(3), FrameIn = new byte[60], FrameOut = new byte[60] });
        string all = string.Concat(run.Journeys.Select(journey => JourneyText.Format(journey, Topology)));
        Assert.Contains("a → b, ARP who has 10.0.0.3? tell 10.0.0.2, 42 bytes: lost after d0 (ToBouncer)", all, StringComparison.Ordinal);
        Assert.Contains("TCP SYN-ACK 10.0.0.2 → 10.0.20.2 ports 4000 → 80, TTL 64, 54 bytes: dropped at d2 (NoVpc)", all, StringComparison.Ordinal);
        Assert.Contains("3 bytes, 3 bytes: lost before any program saw it", all, StringComparison.Ordinal);
        Assert.Contains("nobody → 0.0.0.0, EtherType 0x0000, 60 bytes", all, StringComparison.Ordinal);
    }

    [Fact]
    public void StepsOfARealJourneyShowWhatATableLearned()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        Journey first = JourneyBuilder.Build(plan, ModelRuns.Run(plan)).First(journey => journey.Protocol == InnerProtocol.Icmp);
        ImmutableArray<JourneyStep> steps = JourneyStep.Of(first, plan.Topology);
        Assert.Equal(["a", "left (agent)", "switch-1 (transit)", "router-1 (transit)", "switch-2 (transit)", "right (transit)", "c"], steps.Select(step => step.Place));
        Droplet left = plan.Topology.Droplets[0];
        Assert.Equal($"direct_path 3/10.0.0.2 = {left.Address} {left.Mac}", string.Join("; ", steps[3].Rows));
        Assert.Contains(steps[3].Changed, field => field.Field.Contains("rts", StringComparison.Ordinal));
        Assert.Contains(steps[4].Changed, field => field.Field == "inner eth dst");
        Assert.Equal("decapsulated", steps[5].Form);
        Assert.Empty(steps[5].Changed);
    }
}
