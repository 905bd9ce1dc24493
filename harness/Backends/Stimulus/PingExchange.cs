using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MizarLab.Engine;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>
/// Echoes by the real <c>ping</c> of iputils, one process an echo. Given several echoes, iputils waits for the last one only twice the
/// longest round trip so far, however long its time limit; a scenario's time limit is every echo's. And a process takes its time to start: an echo begins an
/// interval after the one before it and, while that is not answered, <see cref="StartLimit"/> later at most, so that echoes keep their order.
/// </summary>
internal static partial class PingExchange
{
    /// <summary>By when a process has certainly sent its echo.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>Beyond ping's own time limit, for the process to start and end on a busy machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static async Task<StepOutcome> RunAsync(LiveEndpoint from, PingStep step, int index, KernelClock clock, CancellationToken cancel)
    {
        SimTime began = clock.Now;
        Task<Echo>[] echoes = new Task<Echo>[step.Count];
        for (int i = 0; i < step.Count; i++)
        {
            SimTime next = clock.Now + step.Interval;
            echoes[i] = EchoAsync(from, step, cancel);
            if (i < step.Count - 1)
            {
                await Task.WhenAny(echoes[i], Task.Delay(step.Interval.ToTimeSpan() + StartLimit, cancel)).ConfigureAwait(false);
                await Pause.UntilAsync(clock, next, cancel).ConfigureAwait(false);
            }
        }
        Echo[] all = await Task.WhenAll(echoes).ConfigureAwait(false);
        int arrived = all.Count(e => e.RoundTrip is not null);
        return new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = clock.Now,
            Sent = step.Count,
            Arrived = arrived,
            BytesSent = (long)step.Count * step.PayloadBytes,
            BytesArrived = (long)arrived * step.PayloadBytes,
            IcmpErrors = [.. all.Where(e => e.Error is not null).Select(e => e.Error!.Value)],
            RoundTrips = [.. all.Where(e => e.RoundTrip is not null).Select(e => e.RoundTrip!.Value)],
            Trouble = all.Select(e => e.Trouble).FirstOrDefault(t => t is not null),
        };
    }

    /// <summary>The round trip ping printed for its answered echo; null when none was answered.</summary>
    internal static SimTime? RoundTripOf(string output)
    {
        Match match = Answer().Match(output);
        return match.Success && decimal.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal milliseconds)
            ? new SimTime((long)(milliseconds * 1_000_000_000m))
            : null;
    }

    private static async Task<Echo> EchoAsync(LiveEndpoint from, PingStep step, CancellationToken cancel)
    {
        TimeSpan limit = step.Timeout.ToTimeSpan();
        string[] arguments =
        [
            $"--net={Path.Combine(NetworkNamespace.Folder, from.Namespace.Name)}", "--",
            "ping", "-n", "-c", "1",
            "-I", from.Endpoint.Address.ToString(),
            "-s", step.PayloadBytes.ToString(CultureInfo.InvariantCulture),
            "-t", step.Ttl.ToString(CultureInfo.InvariantCulture),
            "-M", step.DontFragment ? "do" : "want",
            "-W", limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            step.To.ToString(),
        ];
        Command.Answer answer = await Command.RunAsync("nsenter", arguments, null, limit + Grace, cancel).ConfigureAwait(false);
        // 0: answered; 1: not answered; else it could not try.
        return new Echo(RoundTripOf(answer.Output), ErrorOf(answer.Output), answer.ExitCode is 0 or 1 ? null : $"ping: {answer.Errors.Trim()}");
    }

    /// <summary>The ICMP error ping printed for its echo; null when none came.</summary>
    internal static IcmpErrorSeen? ErrorOf(string output)
    {
        if (ExceededLine().Match(output) is { Success: true } exceeded && Ipv4Address.TryParse(exceeded.Groups[1].ValueSpan, out Ipv4Address router))
        {
            return new IcmpErrorSeen(router, (byte)IcmpType.TimeExceeded, 0, 0);
        }
        return TooBigLine().Match(output) is { Success: true } tooBig && Ipv4Address.TryParse(tooBig.Groups[1].ValueSpan, out Ipv4Address narrow)
            ? new IcmpErrorSeen(narrow, (byte)IcmpType.Unreachable, IcmpView.FragmentationNeeded, int.Parse(tooBig.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : null;
    }

    [GeneratedRegex(@"^From ([0-9.]+) icmp_seq=1 Time to live exceeded", RegexOptions.Multiline)]
    private static partial Regex ExceededLine();

    [GeneratedRegex(@"^From ([0-9.]+) icmp_seq=1 Frag needed and DF set \(mtu = (\d+)\)", RegexOptions.Multiline)]
    private static partial Regex TooBigLine();

    [GeneratedRegex(@"^\d+ bytes from [0-9.]+: icmp_seq=1 .*\btime=([0-9.]+) ms", RegexOptions.Multiline)]
    private static partial Regex Answer();

    private readonly record struct Echo(SimTime? RoundTrip, IcmpErrorSeen? Error, string? Trouble);
}
