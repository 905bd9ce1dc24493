using System.Diagnostics;

namespace MizarLab.Tests.Packets;

/// <summary>Runs tshark over a capture and hands back, for each packet, every value it found of each field, in frame order.</summary>
internal static class Tshark
{
    private const char Between = '\x1f';

    public static List<Dictionary<string, string[]>> Read(string capture, IReadOnlyList<string> fields)
    {
        var start = new ProcessStartInfo("tshark") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
            ["-n", "--disable-protocol", "ipv6", "-r", capture, "-T", "fields", "-E", "occurrence=a", "-E", $"aggregator={Between}", "-E", "separator=/t",
                "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "ip.defragment:FALSE",
                // Random ports and payloads shall not look like anything.
                "-o", "udp.try_heuristic_first:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "icmp.favor_icmp_mpls:FALSE",
                .. fields.SelectMany(static f => new[] { "-e", f })])
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"tshark ended with {process.ExitCode}: {errors.Result}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Row(line, fields))];
    }

    private static Dictionary<string, string[]> Row(string line, IReadOnlyList<string> fields)
    {
        string[] columns = line.Split('\t');
        Assert.Equal(fields.Count, columns.Length);
        return fields.Zip(columns).ToDictionary(static p => p.First, static p => p.Second.Length == 0 ? [] : p.Second.Split(Between));
    }
}
