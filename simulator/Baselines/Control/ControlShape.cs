using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>
/// A tenant's network as control planes are compared on it: endpoints spread evenly over the hosts, and how many of each part an architecture has. Parts that an
/// architecture lacks do not matter to it.
/// </summary>
/// <param name="Endpoints">n of spec 12 §3.1, at least 1.</param>
/// <param name="Hosts">h, at least 1; those that no endpoint is left for are told of the others nevertheless.</param>
public sealed record ControlShape(int Endpoints, int Hosts)
{
    /// <summary>g.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>k, of each of the tenant's networks.</summary>
    public int Bouncers { get; init; } = 2;

    /// <summary>d.</summary>
    public int Dividers { get; init; } = 2;

    /// <summary>r; 0: a full mesh of sessions.</summary>
    public int Reflectors { get; init; } = 2;

    /// <summary>Endpoints of each of the tenant's networks, where the architecture tells networks apart.</summary>
    public int EndpointsPerNetwork { get; init; } = 250;

    /// <summary>How often hosts are told of an endpoint, where all of them are: once, and again whenever something about it changed.</summary>
    public int Updates { get; init; } = 1;

    /// <summary>p: hosts that hold a row of an endpoint besides its own, where that is what the architecture goes by: flows were offloaded there, or the controller was asked. At most all others.</summary>
    public int RowHolders { get; init; }

    /// <summary>Parts of the controller that work side by side; each speaks for its own receivers, number modulo partitions.</summary>
    public int Partitions { get; init; } = 30;

    /// <summary>The host an endpoint lives on, where the architecture itself does not say.</summary>
    public int HostOf(int endpoint) => endpoint % Hosts;

    /// <summary>The hosts that hold an endpoint's row: number 0 is its own, 1 to <see cref="RowHolders"/> are others.</summary>
    public int HolderOf(int endpoint, int number) => (HostOf(endpoint) + number) % Hosts;

    /// <summary>Endpoints on a host by <see cref="HostOf"/>.</summary>
    public int HostedOn(int host) => (Endpoints - host + Hosts - 1) / Hosts;

    /// <summary>This, if it is a shape at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is too small.</exception>
    public ControlShape Checked()
    {
        foreach (int count in (ReadOnlySpan<int>)[Endpoints, Hosts, Gateways, Bouncers, Dividers, EndpointsPerNetwork, Updates, Partitions])
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        }
        ArgumentOutOfRangeException.ThrowIfNegative(Reflectors);
        ArgumentOutOfRangeException.ThrowIfNegative(RowHolders);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(RowHolders, Hosts);
        return this;
    }
}

/// <summary>
/// How long things take in a control plane. The defaults are what others published, for the shape's sake (spec 12 §1.2, §2.3): a partition of Andromeda's controller writes
/// 219 000 rows a second, an OVS host agent applies 77 000. Seconds that come of them are nobody's.
/// </summary>
public sealed record ControlCosts
{
    /// <summary>A sender's time for a row, a relay's for a copy of one.</summary>
    public SimTime Send { get; init; } = SimTime.FromNanoseconds(4_566);

    /// <summary>A receiver's time for a row, a relay's for taking one in.</summary>
    public SimTime Apply { get; init; } = SimTime.FromNanoseconds(12_987);

    /// <summary>From any node to any other.</summary>
    public SimTime Link { get; init; } = SimTime.FromMicroseconds(50);

    /// <summary>Memory a row takes, in bytes: Andromeda's 10 GB a partition for 487 million rows, 30 partitions.</summary>
    public int RowBytes { get; init; } = 586;
}
