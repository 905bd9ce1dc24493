using System.CommandLine;
using System.Text.Json;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab doctor</c>: what this machine can give, what it lacks, and the mend.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string Name, bool Good, string Text);

    public static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        Option<bool> memory = new("--memory") { Description = "Print what a droplet's tables take in the kernel, map by map, at the defaults of lab. Needs root." };
        LabCommand command = new("doctor", "Say which backends run on this machine, and what the others lack.", """
            Exit 3 when one lacks something. Starts and installs nothing (./mizarlab setup installs).

            Examples:
              mizarlab doctor
              mizarlab doctor --json
              mizarlab doctor --memory
            """)
        {
            json,
            memory,
        };
        command.SetAction(parsed => parsed.GetValue(memory) ? MemoryReport.Print(parsed.GetValue(json)) : Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        List<Finding> findings =
        [
            .. LabBackends.Create().All.Select(b => b.Probe() is { Available: false } lacking
                ? new Finding(b.Traits.Name, false, lacking.Reason)
                : new Finding(b.Traits.Name, true, "runs here")),
        ];
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            writer.WriteString("kernel", ManifestFactory.Kernel());
            writer.WriteString("cpu", ManifestFactory.Cpu());
            writer.WriteStartArray("backends");
            foreach (Finding finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("name", finding.Name);
                writer.WriteBoolean("available", finding.Good);
                writer.WriteString("reason", finding.Text);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else
        {
            Console.Out.WriteLine($"kernel  {ManifestFactory.Kernel()}");
            Console.Out.WriteLine($"cpu     {ManifestFactory.Cpu()}");
            foreach (Finding finding in findings)
            {
                Console.Out.WriteLine($"{finding.Name,-7} {(finding.Good ? "" : "lacking: ")}{finding.Text}");
            }
        }
        return findings.All(f => f.Good) ? ExitCode.Held : ExitCode.Lacking;
    }
}
