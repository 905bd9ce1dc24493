using System.Globalization;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Results;

namespace MizarLab.Cli;

/// <summary><c>mizarlab doctor --memory</c>: a droplet's kernel memory, beside upstream's.</summary>
internal static class MemoryReport
{
    public static int Print(bool json)
    {
        if (BpfObjects.Probe() is { Available: false } lacking)
        {
            throw new UserError($"backend bpf: {lacking.Reason}", ExitCode.Lacking);
        }
        BpfMemory memory = BpfMemory.Measure(Dialect.Lab, RunFolder.NewId());
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            WriteJson(memory, output);
        }
        else
        {
            WriteText(memory);
        }
        return memory.FixedBytes <= BpfMemory.FixedLimit ? ExitCode.Held : ExitCode.Broken;
    }

    private static void WriteText(BpfMemory memory)
    {
        Console.Out.WriteLine("map                   entries        bytes");
        foreach (MapMemory map in memory.Maps.OrderByDescending(map => map.Bytes))
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{map.Name,-18} {map.Entries,10} {map.Bytes,12:N0}"));
        }
        Console.Out.WriteLine();
        Console.Out.WriteLine("                                 lab      upstream");
        Row("a droplet's tables, empty", memory.FixedBytes, BpfMemory.UpstreamFixedBytes);
        Row("an endpoint elsewhere", memory.EndpointBytes, 0);
        Row("an endpoint here, its agent", memory.LocalEndpointBytes, BpfMemory.UpstreamAgentBytes);
        Console.Out.WriteLine("upstream's: spec 3.1, its endpoints' rows within the first");
    }

    private static void Row(string what, double ours, long theirs) =>
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-27} {ours,12:N0} {theirs,13:N0}"));

    private static void WriteJson(BpfMemory memory, Stream output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("kernel", ManifestFactory.Kernel());
        writer.WriteString("dialect", "lab");
        writer.WriteStartArray("maps");
        foreach (MapMemory map in memory.Maps)
        {
            writer.WriteStartObject();
            writer.WriteString("name", map.Name);
            writer.WriteNumber("entries", map.Entries);
            writer.WriteNumber("bytes", map.Bytes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("fixed_bytes", memory.FixedBytes);
        writer.WriteNumber("fixed_limit_bytes", BpfMemory.FixedLimit);
        writer.WriteNumber("endpoint_bytes", Math.Round(memory.EndpointBytes, 1));
        writer.WriteNumber("local_endpoint_bytes", Math.Round(memory.LocalEndpointBytes, 1));
        writer.WriteStartObject("upstream");
        writer.WriteNumber("fixed_bytes", BpfMemory.UpstreamFixedBytes);
        writer.WriteNumber("local_endpoint_bytes", BpfMemory.UpstreamAgentBytes);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
