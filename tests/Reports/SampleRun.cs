using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using static MizarLab.Tests.Reports.SampleTopology;

namespace MizarLab.Tests.Reports;

/// <summary>
/// Results written down by hand, the same each time: a scenario that passes on all backends, one where bpf disagrees and a frame is
/// dropped, and one that is skipped.
/// </summary>
internal static class SampleRun
{
    public static readonly RunResult Mixed = new(Manifest("1a2b3c4d"), [Passing(), Failing(), Skipped()]);

    public static readonly RunResult AllPassed = new(Manifest("0000beef"), [Passing()]);

    public static readonly RunResult NothingRan = new(Manifest("00000000"), [Skipped()]);

    public static Manifest Manifest(string id) => new()
    {
        RunId = id,
        ToolVersion = "0.1.0",
        GitCommit = "0123456789abcdef0123456789abcdef01234567+",
        Kernel = "Linux 6.18.0 #1 SMP x64",
        Cpu = "Example CPU, 2 in use",
        StartedUtc = "2026-11-21T21:30:00Z",
        ElapsedMilliseconds = 12_345,
        Seed = 1,
        Dialect = "mizar",
        Arguments = ["run", "scenarios/library/demo.yaml", "--on", "model,bpf,netns,docker"],
        Backends = ["model", "bpf", "netns", "docker"],
        Probes = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
        {
            ["clang"] = "14.0.6",
            ["docker"] = "no engine answers on /run/docker.sock",
            ["libbpf"] = "1.1.2",
        }),
    };

    public static ScenarioResult Passing()
    {
        Scenario scenario = Scenario(
            "two networks in one VPC",
            [Ping(12, "ping-1", A, C, 4)],
            [
                new ReachableExpectation(A, Lab[C].Address, null) { Where = Line(20) },
                new PassesThroughExpectation(A, Lab[C].Address, [Switch1, Router1, Switch2], false, 1, null) { Where = Line(21) },
                new NoUnexpectedDropsExpectation { Where = Line(22) },
            ]);
        string[] seen = ["4 of 4 echo requests answered", "frame 1 visited left, switch-1, router-1, switch-2, right", "nothing was dropped or lost"];
        return new ScenarioResult
        {
            Scenario = scenario,
            Backends =
            [
                Ran("model", Pinged("model", 1.0m, 4), scenario, seen),
                Ran("bpf", Pinged("bpf", 1.0m, 4), scenario, seen),
                Ran("netns", Pinged("netns", 3.7m, 4), scenario, seen),
                NotRun("docker", Result.Skip, "no Docker engine answers on /run/docker.sock"),
            ],
            Comparisons = [Equal("model", "bpf"), Equal("model", "netns")],
            Notes = ["docker: left out, no engine answers"],
        };
    }

    public static ScenarioResult Failing()
    {
        Scenario scenario = Scenario(
            "a divider that forgets",
            [Ping(12, "ping-1", A, C, 1), Ping(14, "ping-2", A, B, 1)],
            [
                new ReachableExpectation(A, Lab[C].Address, null) { Where = Line(20) },
                new ReachableExpectation(A, Lab[B].Address, null) { Where = Line(21) },
            ]);
        BackendRun model = Pinged("model", 1.0m, 1, dropped: true);
        byte[] right = SampleFrames.Encapsulate(
            SampleFrames.Echo(Lab[A], Lab[C], Lab.Networks[0].GatewayMac, false, 1), Lab[Left], Lab[Switch1], 3);
        byte[] wrong = [.. right];
        wrong[22] = 63;
        wrong[48] = 4;
        string[] seen = ["1 of 1 echo requests answered", "0 of 1 echo requests answered"];
        return new ScenarioResult
        {
            Scenario = scenario,
            Backends =
            [
                Ran("model", model, scenario, seen, 1),
                Ran("bpf", Pinged("bpf", 1.0m, 1, dropped: true), scenario, seen, 1),
            ],
            Comparisons =
            [
                new Comparison
                {
                    Left = "model",
                    Right = "bpf",
                    Journeys = 3,
                    Hops = 11,
                    Frames = 0,
                    TableRows = 31,
                    Differences =
                    [
                        new Difference
                        {
                            Where = Line(12),
                            Subject = "step 'ping-1', a → c frame 1, hop 1 at left (agent)",
                            Aspect = "frame",
                            Left = "212 bytes",
                            Right = "212 bytes",
                            Fields = [new FieldDifference("ipv4 ttl", "64", "63"), new FieldDifference("geneve vni", "3", "4")],
                            LeftFrame = right,
                            RightFrame = wrong,
                        },
                    ],
                },
            ],
        };
    }

    public static ScenarioResult Skipped()
    {
        Scenario scenario = Scenario("a scaled endpoint", [Ping(9, "ping-1", A, C, 1)], [new ReachableExpectation(A, Lab[C].Address, null) { Where = Line(12) }]);
        return new ScenarioResult
        {
            Scenario = scenario,
            Backends = [NotRun("model", Result.Skip, "the model has no tc program"), NotRun("bpf", Result.Skip, "needs root")],
            Comparisons = [],
        };
    }

    public static BackendResult NotRun(string backend, Result result, string reason) => new() { Backend = backend, Result = result, Reason = reason };

    public static BackendResult Ran(string backend, BackendRun run, Scenario scenario, string[] seen, int broken = -1) => new()
    {
        Backend = backend,
        Result = broken < 0 ? Result.Pass : Result.Fail,
        Reason = broken < 0 ? "3 expectations held" : seen[broken],
        Run = run,
        ElapsedMilliseconds = 40,
        Expectations = [.. scenario.Expect.Select((e, i) => new ExpectationResult(e, i != broken, seen[i]))],
    };

    private static PingStep Ping(int line, string name, EndpointId from, EndpointId to, int count) =>
        new(from, Lab[to].Address, count, SimTime.FromMilliseconds(10), 56, SimTime.FromSeconds(1)) { Name = name, Where = Line(line) };

    private static Comparison Equal(string left, string right) =>
        new() { Left = left, Right = right, Journeys = 8, Hops = 26, Frames = 0, TableRows = 31, Differences = [] };

    /// <summary>Pings a → c: the first request the long way, all else by the divider; with <paramref name="dropped"/>, one more request that the divider drops.</summary>
    private static BackendRun Pinged(string backend, decimal slowness, int count, bool dropped = false)
    {
        bool live = backend is "netns" or "docker";
        SampleWalk walk = new(slowness, live);
        List<SimTime> roundTrips = [];
        for (ushort i = 1; i <= count; i++)
        {
            SimTime began = SimTime.FromMilliseconds(10 * (i - 1));
            walk.Begin(A, began, SampleFrames.Echo(Lab[A], Lab[C], Lab.Networks[0].GatewayMac, false, i));
            _ = i == 1 ? walk.To(Switch1).To(Router1).To(Switch2).To(Right) : walk.To(Router1).To(Right);
            walk.Deliver(C);
            walk.Begin(C, walk.Now, SampleFrames.Echo(Lab[C], Lab[A], Lab.Networks[1].GatewayMac, true, i)).To(Router1).To(Left).Deliver(A);
            roundTrips.Add(walk.Now - began);
        }
        List<StepOutcome> outcomes = [new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = walk.Now, Sent = count, Arrived = count, BytesSent = 56 * count, BytesArrived = 56 * count, RoundTrips = [.. roundTrips] }];
        if (dropped)
        {
            SimTime began = walk.Now + SimTime.FromMilliseconds(1);
            walk.Begin(A, began, SampleFrames.Echo(Lab[A], Lab[B], Lab.Networks[0].GatewayMac, false, 1)).To(Switch1).To(Router1).Drop(Reason.EmptyList);
            outcomes.Add(new StepOutcome { Step = 1, Began = began, Ended = began + SimTime.FromSeconds(1), Sent = 1, BytesSent = 56, Trouble = "no answer within 1s" });
        }
        return new BackendRun
        {
            Traits = new BackendTraits { Name = backend, Live = live, TableChangesPerHop = !live, EnforcesLinks = !live },
            Dialect = Dialect.Mizar,
            Sightings = [.. walk.Sightings],
            Outcomes = [.. outcomes],
            Tables = [new TableDump(Left, "direct_path", ["3/10.0.20.3 = 172.17.0.15 02:42:ac:11:00:0f"])],
        };
    }
}
