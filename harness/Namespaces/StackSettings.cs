using System.Globalization;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// The kernel stack's settings in a namespace of the lab, so that it does what a scenario counts on: IPv4 only, no filtering by
/// reverse path, neighbours that are asked for three times a second apart and never go stale within a run, errors never rate-limited,
/// TCP that neither probes on a timer nor remembers earlier connections.
/// </summary>
/// <remarks>Every method must run inside the namespace: <c>/proc/sys/net</c> is that of the thread that opens it.</remarks>
internal static class StackSettings
{
    /// <summary>A day, longer than any run; neighbour timers are set to it.</summary>
    private const int LongSeconds = 86_400;

    private const string Ipv6 = "/proc/sys/net/ipv6";

    /// <summary>Once a namespace, before it has links other than loopback: later links take these over.</summary>
    public static void ApplyToNamespace()
    {
        if (Directory.Exists(Ipv6))
        {
            Write("ipv6/conf/all/disable_ipv6", 1);
            Write("ipv6/conf/default/disable_ipv6", 1);
        }
        foreach (string scope in (ReadOnlySpan<string>)["all", "default"])
        {
            Write($"ipv4/conf/{scope}/rp_filter", 0);
            Write($"ipv4/conf/{scope}/accept_redirects", 0);
            Write($"ipv4/conf/{scope}/send_redirects", 0);
            // Answer ARP only for the asked interface's own address, and ask with the sender's: a droplet's stack has a NIC and host endpoints beside it.
            Write($"ipv4/conf/{scope}/arp_ignore", 1);
            Write($"ipv4/conf/{scope}/arp_announce", 2);
            Write($"ipv4/conf/{scope}/arp_notify", 0);
        }
        Write("ipv4/ip_forward", 0);
        Write("ipv4/icmp_ratelimit", 0);
        Write("ipv4/icmp_ratemask", 0);
        // A retransmission must mean a loss: no tail-loss probe, nothing learned from an earlier connection.
        Write("ipv4/tcp_early_retrans", 0);
        Write("ipv4/tcp_no_metrics_save", 1);
        Write("ipv4/tcp_ecn", 0);
    }

    /// <summary>Once an interface, before its first frame: neighbour settings exist only per interface outside the first namespace.</summary>
    public static void ApplyToInterface(string device)
    {
        string neighbours = $"ipv4/neigh/{device}";
        Write($"{neighbours}/mcast_solicit", 3);
        Write($"{neighbours}/ucast_solicit", 3);
        Write($"{neighbours}/retrans_time_ms", 1_000);
        Write($"{neighbours}/base_reachable_time_ms", LongSeconds * 1_000);
        Write($"{neighbours}/gc_stale_time", LongSeconds);
        Write($"{neighbours}/delay_first_probe_time", LongSeconds);
        Write($"{neighbours}/locktime", 0);
    }

    /// <summary>Once in a namespace with a bridge: the machine's packet filter, where one is loaded, reassembles and fragments what a bridge forwards.</summary>
    public static void ApplyToBridges()
    {
        foreach (string filter in new[] { "bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables" })
        {
            if (File.Exists(Path.Combine("/proc/sys/net/bridge", filter)))
            {
                Write($"bridge/{filter}", 0);
            }
        }
    }

    private static void Write(string name, int value)
    {
        string path = Path.Combine("/proc/sys/net", name);
        try
        {
            File.WriteAllText(path, value.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {value} to {path}: {error.Message}", error);
        }
    }
}
