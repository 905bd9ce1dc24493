using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Tests.Reports;

/// <summary>A run whose backends measured: model and bpf the same but for what bpf cannot know of caches, netns from outside.</summary>
internal static class MeteredSample
{
    public static readonly RunResult Made = Make("switch-1");

    public static RunResult Make(string droplet)
    {
        ScenarioResult scenario = SampleRun.Passing();
        return new RunResult(SampleRun.Manifest("1a2b3c4d"),
        [
            scenario with
            {
                Backends =
                [
                    .. scenario.Backends.Select(backend => backend.Run is not { } run ? backend : backend with
                    {
                        Run = run with
                        {
                            Measures = backend.Backend == "netns" ? Outside(droplet) : Metered(droplet, knowsCaches: backend.Backend == "model"),
                            Traffic = backend.Backend == "netns" ? [] : [new TierTraffic("host-switch", true, 5, 40, 4_000, 1_200, 3, 0, SimTime.FromMicroseconds(30), 12)],
                        },
                    }),
                ],
            },
        ]);
    }

    private static RunMeasures Metered(string droplet, bool knowsCaches) => new(SimTime.FromMicroseconds(35), SimTime.FromMicroseconds(10))
    {
        Roles =
        [
            new(droplet, RunRole.Bouncer, 30, 3_000, 28, 2_800) { FramesOverTime = [5, 20, 0, 5], BytesOverTime = [500, 2_000, 0, 500] },
            new("router-1", RunRole.Divider, 7, 700, 7, 700) { FramesOverTime = [0, 7, 0, 0], BytesOverTime = [0, 700, 0, 0] },
            new("left", RunRole.Sender, 40, 4_000, 0, 0),
        ],
        Queues = [new($"{droplet} -> switch", [0, 12, 3, 0], [0, 4.25, 0.03, 0], SimTime.FromMicroseconds(43))],
        Losses = [new($"{droplet} -> switch", PlaceLoss.ByFabric, "queue_full", 3), new("router-1", "transit DROP", "empty_list", 1)],
        Caches = [knowsCaches ? new(droplet, "direct_path", 30, 10, 2, 1, 0, 1) : new(droplet, "direct_path", 30, null, 2, null, 0, 1)],
        Absent = knowsCaches ? [] : ["cache misses: nobody says"],
    };

    private static RunMeasures Outside(string droplet) => new(SimTime.FromMicroseconds(20), SimTime.FromMicroseconds(10))
    {
        Roles = [new(droplet, RunRole.Bouncer, 30, 3_000, 28, 2_800) { FramesOverTime = [15, 15], BytesOverTime = [1_500, 1_500] }],
        Losses = [new("router-1", "transit DROP", "empty_list", 1)],
        Caches = [],
        Absent = ["queue lengths: the kernel's own"],
    };
}
