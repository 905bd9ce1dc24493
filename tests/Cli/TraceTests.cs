using System.Text.RegularExpressions;

namespace MizarLab.Tests.Cli;

/// <summary><c>mizarlab trace</c>, on the demo's topology.</summary>
public sealed partial class TraceTests
{
    private const string Demo = "scenarios/library/demo.yaml";

    [Fact]
    public async Task FirstPacketAcrossNetworksTakesFourSegments()
    {
        CommandRun run = (await CommandRun.OfAsync("trace", Demo, "--from", "a", "--to", "c", "--icmp")).Ends(0);
        string request = Journeys(run).Single(j => j.StartsWith("a → c, ICMP echo request", StringComparison.Ordinal));
        Assert.Equal(["64", "63", "62", "61"], OuterTtl().Matches(request).Select(m => m.Groups[1].Value));
        Assert.Equal(["left (agent)", "switch-1 (transit)", "router-1 (transit)", "switch-2 (transit)", "right (transit)"], Places(request));
        Assert.Contains("table direct_path 3/10.0.0.2", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondPacketGoesByTheDividerAlone()
    {
        CommandRun run = (await CommandRun.OfAsync("trace", Demo, "--from", "a", "--to", "c", "--icmp", "--warm")).Ends(0);
        Assert.Equal(["left (agent)", "router-1 (transit)", "right (transit)"], Places(Journeys(run)[0]));
    }

    [RootFact]
    public async Task ProgramsSayWhatTheModelSays()
    {
        string[] arguments = ["trace", Demo, "--from", "a", "--to", "c", "--udp", "53", "--on"];
        CommandRun model = (await CommandRun.OfAsync([.. arguments, "model"])).Ends(0);
        CommandRun programs = (await CommandRun.OfAsync([.. arguments, "bpf"])).Ends(0);
        Assert.Equal(model.Output.Replace("on model", "on bpf", StringComparison.Ordinal), programs.Output);
    }

    [Fact]
    public async Task PacketToNobodyIsShownToItsEnd()
    {
        CommandRun run = (await CommandRun.OfAsync("trace", Demo, "--from", "a", "--to", "10.0.20.77", "--tcp", "80")).Ends(1);
        Assert.Contains("dropped", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("it did not arrive", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndpointThatIsNotThereIsNamedWithThoseThatAre()
    {
        CommandRun run = (await CommandRun.OfAsync("trace", Demo, "--from", "nobody", "--to", "c")).Ends(2);
        Assert.Contains("no endpoint 'nobody'", run.Errors, StringComparison.Ordinal);
        Assert.Contains("a, c", run.Errors, StringComparison.Ordinal);
        (await CommandRun.OfAsync("trace", Demo, "--from", "a", "--to", "c", "--udp", "53", "--tcp", "53")).Ends(2);
    }

    /// <summary>A journey is a paragraph.</summary>
    private static string[] Journeys(CommandRun run) => run.Output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Places(string journey) => Program().Matches(journey).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@", TTL (\d+), VNI")]
    private static partial Regex OuterTtl();

    [GeneratedRegex(@"(\S+ \((?:agent|transit)\)) +[A-Z]{2}")]
    private static partial Regex Program();
}
