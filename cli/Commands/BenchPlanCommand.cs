using System.CommandLine;
using MizarLab.Harness.Bench;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab bench plan</c>: how long large topologies take to plan and build, and what they weigh.</summary>
internal static class BenchPlanCommand
{
    public static LabCommand Create()
    {
        Option<bool> json = CommonOptions.Json();
        Option<string?> output = new("--out") { Description = "Folder for plan.md and plan.json.", HelpName = "folder" };
        Option<int?> endpoints = NumberOption.Optional("--endpoints", "One row only: 102400, 1000000 or 10000000 endpoints.", 1, int.MaxValue);
        Option<int> threads = NumberOption.Of("--threads", "Threads that build.", 1, 1_024, Environment.ProcessorCount);
        LabCommand command = new("plan", "Time planning and building the model's tables of large topologies.", """
            Topologies by rule with 100 endpoints a droplet, networks of 250 with two bouncers, VPCs of four networks with two dividers; dialect lab. The largest,
            10 million endpoints on 100 000 droplets, takes some 3.5 GB. Then packets go between random pairs: the time of one program run on rows that are in
            no cache (the best of many batches). Tables that are not the plan's, or do not deliver, are marked (exit 1). A busy machine reads slow.

            Examples:
              mizarlab bench plan --endpoints 1000000
              mizarlab bench plan --out figures
            """)
        {
            json,
            output,
            endpoints,
            threads,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(
            Run(parsed.GetValue(json), parsed.GetValue(output), parsed.GetValue(endpoints), parsed.GetValue(threads), cancel)));
        return command;
    }

    private static int Run(bool json, string? output, int? endpoints, int threads, CancellationToken cancel)
    {
        if (endpoints is not null && PlanBench.Shapes.All(shape => shape.Endpoints != endpoints))
        {
            throw new UserError($"no row has {endpoints} endpoints; there are {string.Join(", ", PlanBench.Shapes.Select(shape => shape.Endpoints))}");
        }
        BenchOutput written = new(json, output, "plan");
        written.MakeWay();
        PlanBench bench = new(written.Progress);
        IReadOnlyList<PlanRow> rows = bench.Run(shape => endpoints is null || shape.Endpoints == endpoints, threads, cancel);
        written.Write(() => PlanReport.Text(rows), () => PlanReport.Markdown(rows), stream => PlanReport.WriteJson(rows, stream));
        return rows.All(row => row.Wrong is null) ? ExitCode.Held : ExitCode.Broken;
    }
}
