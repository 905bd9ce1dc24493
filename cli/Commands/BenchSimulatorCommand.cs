using System.CommandLine;
using System.Globalization;
using MizarLab.Fabric;
using MizarLab.Harness.Bench;
using MizarLab.Measure;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab bench simulator</c>: how fast the simulator carries the relay workload.</summary>
internal static class BenchSimulatorCommand
{
    public static LabCommand Create()
    {
        Option<bool> json = CommonOptions.Json();
        Option<string?> output = new("--out") { Description = "Folder for simulator.md and simulator.json.", HelpName = "folder" };
        Option<string?> only = new("--only") { Description = "Rows whose name contains this: topology-droplets-dataplane-threads.", HelpName = "text" };
        Option<bool> quick = new("--quick") { Description = "A fifth of the traffic and two repeats: for a look, not for figures." };
        Option<bool> metered = new("--metered") { Description = "Measure load, queues and caches over time as well: what measuring costs is the ratio to a run without." };
        Option<Sampling?> sample = CommonOptions.Sample("Packets traced to ROW.pcapng in --out, on rows with the data plane");
        Option<long?> limit = new("--sample-limit")
        {
            Description = "What a row's trace may hold, 1MiB to 64GiB, 256MiB when not given; it ends where it is full, and says what is left out.",
            HelpName = "size",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                int shift = text.EndsWith("MiB", StringComparison.Ordinal) ? 20 : text.EndsWith("GiB", StringComparison.Ordinal) ? 30 : 0;
                if (shift > 0 && int.TryParse(text[..^3], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && (long)number << shift is >= 1L << 20 and <= 64L << 30 and var bytes)
                {
                    return bytes;
                }
                result.AddError($"'{text}' is no size from 1MiB to 64GiB");
                return null;
            },
        };
        LabCommand command = new("simulator", "Time the simulator under the relay workload.", """
            N droplets on a star or a leaf-spine (1 024: 32 leaves, 8 spines; 10 000: 100 leaves, 32 spines) send a payload of 1 000 bytes every microsecond each,
            every packet through a relay to its destination; links 100 Gb/s and 1 us, queues without limit. Rows: bare relaying, and the whole data plane of dialect
            lab with 100 endpoints a droplet; 1 and 2 threads. A row is the fastest of its repeats. Hops are links crossed. A run that does not conserve
            packets, has another latency than the fabric's, or another fingerprint with other threads, is marked (exit 1). A busy machine reads slow.

            Examples:
              mizarlab bench simulator --out figures
              mizarlab bench simulator --only leaf-spine-1024 --json
            """)
        {
            json,
            output,
            only,
            quick,
            metered,
            sample,
            limit,
        };
        command.SetAction((parsed, cancel) =>
        {
            string? folder = parsed.GetValue(output);
            SimulatorEffort effort = (parsed.GetValue(quick) ? SimulatorEffort.Quick : new SimulatorEffort()) with
            {
                Metered = parsed.GetValue(metered),
                Sample = parsed.GetValue(sample),
                SampleBytes = parsed.GetValue(limit) ?? SampledTrace.StandardBytes,
                Traced = (row, trace) => WriteTrace(folder!, row, trace),
            };
            return effort.Sample is not null && folder is null
                ? throw new UserError("--sample writes captures, and --out says where to")
                : Task.FromResult(Run(parsed.GetValue(json), folder, parsed.GetValue(only), effort, cancel));
        });
        return command;
    }

    private static void WriteTrace(string folder, string row, SampledTrace trace)
    {
        Directory.CreateDirectory(folder);
        using BufferedStream file = new(File.Create(Path.Combine(folder, row + ".pcapng")), 1 << 16);
        trace.Write(file);
    }

    private static int Run(bool json, string? output, string? only, SimulatorEffort effort, CancellationToken cancel)
    {
        if (only is not null && !SimulatorBench.Names.Any(name => name.Contains(only, StringComparison.Ordinal)))
        {
            throw new UserError($"no row's name contains '{only}'; there are {string.Join(", ", SimulatorBench.Names)}");
        }
        BenchOutput written = new(json, output, "simulator");
        written.MakeWay();
        SimulatorBench bench = new(effort, written.Progress);
        IReadOnlyList<SimulatorRow> rows = bench.Run(name => only is null || name.Contains(only, StringComparison.Ordinal), cancel);
        written.Write(() => SimulatorReport.Text(rows), () => SimulatorReport.Markdown(rows), stream => SimulatorReport.WriteJson(rows, stream));
        return rows.All(row => row.Wrong is null) ? ExitCode.Held : ExitCode.Broken;
    }
}
