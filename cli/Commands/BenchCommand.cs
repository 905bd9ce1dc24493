using System.CommandLine;
using System.CommandLine.Parsing;
using MizarLab.DataPlane;
using MizarLab.Harness.Bench;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Results;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab bench data-plane</c>: what each way through the XDP programs takes.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        return new LabCommand("bench", "Measure the lab's own speed.", """
            Examples:
              mizarlab bench data-plane
              mizarlab bench data-plane --json --out figures
              mizarlab bench simulator --quick
              mizarlab bench plan --endpoints 1000000
            """)
        {
            DataPlane(),
            BenchSimulatorCommand.Create(),
            BenchPlanCommand.Create(),
        };
    }

    private static LabCommand DataPlane()
    {
        Option<bool> json = CommonOptions.Json();
        Option<string?> output = new("--out") { Description = "Folder for data-plane.md and data-plane.json.", HelpName = "folder" };
        Option<Dialect?> dialect = CommonOptions.DialectOption();
        dialect.Description = "One dialect only, mizar or lab; default: both.";
        Option<string?> only = new("--only") { Description = "Rows whose name contains this.", HelpName = "text" };
        Option<Switches> without = new("--without")
        {
            Description = "Corrections that dialect lab is measured without, comma-separated (mizarlab list dialects).",
            HelpName = "switches",
            CustomParser = Named,
        };
        Option<int> rounds = NumberOption.Of("--rounds", "Rounds of each row; more are finer.", 1, 10_000, new BenchEffort().Rounds);
        LabCommand command = new("data-plane", "Time every way through the XDP programs in this kernel.", """
            By BPF_PROG_TEST_RUN with the kernel's clock: a harness program restores the frame before each iteration and is itself taken off. A row whose
            last iteration was not the model's is thrown away with its reason (exit 1). Figures are ns and multiples of one warm hash lookup (12-byte key,
            16-byte value) of the same run; "searches" counts lookups in hashes and prefix tables. Takes one to two minutes; a busy machine reads high.

            Examples:
              mizarlab bench data-plane
              mizarlab bench data-plane --dialect lab --only bouncer --json
            """)
        {
            json,
            output,
            dialect,
            only,
            without,
            rounds,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed.GetValue(json), parsed.GetValue(output), parsed.GetValue(dialect), parsed.GetValue(only), parsed.GetValue(without), parsed.GetValue(rounds), cancel)));
        return command;
    }

    private static Switches Named(ArgumentResult result)
    {
        Switches all = Switches.None;
        foreach (string name in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (SwitchTable.Find(name) is { } entry)
            {
                all |= entry.Switch;
            }
            else
            {
                result.AddError($"no switch is named '{name}' (mizarlab list dialects)");
            }
        }
        return all;
    }

    private static int Run(bool json, string? output, Dialect? dialect, string? only, Switches without, int rounds, CancellationToken cancel)
    {
        if (BpfObjects.Probe() is { Available: false } lacking)
        {
            throw new UserError($"backend bpf: {lacking.Reason}", ExitCode.Lacking);
        }
        BenchOutput written = new(json, output, "data-plane");
        written.MakeWay();
        DataPlaneBench bench = new(new BenchEffort(Rounds: rounds, Without: without), RunFolder.NewId(), written.Progress);
        BenchResult result = bench.Run((name, of) => (dialect is null || of == dialect) && (only is null || name.Contains(only, StringComparison.Ordinal)), cancel);
        if (result.Rows.Count == 0)
        {
            throw new UserError($"no row's name contains '{only}'");
        }
        written.Write(() => BenchReport.Text(result), () => BenchReport.Markdown(result), stream => BenchReport.WriteJson(result, stream));
        return result.Rows.All(row => row.Discarded is null) ? ExitCode.Held : ExitCode.Broken;
    }
}
