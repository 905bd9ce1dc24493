using MizarLab.Engine;

namespace MizarLab.DataPlane;

/// <summary>How a list of bouncers, dividers or backends is sharded by a hash.</summary>
public enum ShardingKind : byte
{
    /// <summary>list[hash mod n], upstream's (spec §4.1).</summary>
    Modulo = 0,

    /// <summary>A Maglev table of <see cref="DataPlaneSettings.MaglevSlots"/> slots.</summary>
    Maglev = 1,

    /// <summary>The member whose own hash with the flow's is highest.</summary>
    Rendezvous = 2,
}

/// <summary>
/// What is fixed when a data plane is loaded: the dialect, single switches, sharding, lifetimes. Model and programs get the same; the programs as
/// read-only data, so that the verifier removes what is off (<c>bpf/settings.h</c>).
/// </summary>
public sealed record DataPlaneSettings
{
    /// <summary>Byte for byte upstream's.</summary>
    public static readonly DataPlaneSettings Mizar = new() { Dialect = Dialect.Mizar, On = Switches.None };

    /// <summary>The corrected data plane with every switch on.</summary>
    public static readonly DataPlaneSettings Lab = new() { Dialect = Dialect.Lab, On = Switches.All };

    /// <summary>What a scenario runs on that names no dialect.</summary>
    public static readonly DataPlaneSettings Default = Lab;

    public required Dialect Dialect { get; init; }

    /// <summary>The corrections that are made.</summary>
    public required Switches On { get; init; }

    public ShardingKind BouncerSharding { get; init; }

    public ShardingKind DividerSharding { get; init; }

    public ShardingKind BackendSharding { get; init; }

    /// <summary>Slots of a Maglev table; a prime.</summary>
    public int MaglevSlots { get; init; } = 251;

    /// <summary>How long a direct-path entry lives that no frame renews (<see cref="Switches.DirectPathLifetime"/>).</summary>
    public SimTime DirectPathLifetime { get; init; } = SimTime.FromSeconds(30);

    /// <summary>How long an idle connection lives (<see cref="Switches.ConnectionState"/>): established TCP; a TCP connection opening or closing; all else.</summary>
    public SimTime EstablishedTimeout { get; init; } = SimTime.FromSeconds(7200);

    public SimTime TransientTimeout { get; init; } = SimTime.FromSeconds(60);

    public SimTime DatagramTimeout { get; init; } = SimTime.FromSeconds(180);

    /// <summary>ICMP errors a droplet sends a second at most, with a burst of as many (<see cref="Switches.IcmpErrors"/>).</summary>
    public int IcmpErrorsPerSecond { get; init; } = 100;

    /// <summary>The same with some switches on or off.</summary>
    public DataPlaneSettings With(Switches switches, bool on) => this with { On = on ? On | switches : On & ~switches };

    public bool Has(Switches correction) => (On & correction) != 0;

    /// <summary>The dialect's own settings.</summary>
    public static DataPlaneSettings Of(Dialect dialect) => dialect == Dialect.Mizar ? Mizar : Lab;
}
