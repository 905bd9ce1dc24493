namespace MizarLab.Fabric;

/// <summary>Why the fabric, not a program, lost a frame.</summary>
public enum LossCause : byte
{
    /// <summary>Its IP part is larger than the MTU of the underlay, or of the endpoint it was delivered to.</summary>
    TooLong,

    /// <summary>The queue of the port it was to leave by was full.</summary>
    QueueFull,

    /// <summary>A droplet's NIC was silent.</summary>
    LinkDown,

    /// <summary>No droplet has its destination MAC; the switch floods nothing.</summary>
    UnknownAddress,

    /// <summary>A group destination; the overlay sends none.</summary>
    GroupAddress,

    /// <summary>Addressed to the port it came from; a switch does not reflect (spec §3.13).</summary>
    OwnAddress,

    /// <summary>Redirected to a port whose endpoint is not there (any more).</summary>
    NoEndpoint,

    /// <summary>Of a best-effort class, and beyond the limit of its droplet's NIC (spec §3.11).</summary>
    RateLimited,

    /// <summary>The receive queue of the NIC it came to was full.</summary>
    RingFull,
}

/// <summary>How many frames the fabric lost, by cause.</summary>
public sealed class Losses
{
    private readonly long[] counts = new long[(int)LossCause.RingFull + 1];

    public long this[LossCause cause] => counts[(int)cause];

    public long Total => counts.Sum();

    internal void Count(LossCause cause) => counts[(int)cause]++;
}
